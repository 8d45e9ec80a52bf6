"""Who acts on an organization: callers of the API, by role there or as operators."""

from idp.accounts.access.principal import Caller
from idp.organizations.access import Actor, acts_by_role, may, open_organization
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.callers import access


def actor_of(who: Caller) -> Actor:
    """Return who acts for a caller, with all that they may do on the server."""
    return Actor(who.user_id, access.held_by(who))


def admit_change(
    who: Caller, named: str, *, right: Right, proof: bool = False
) -> tuple[Organization, Actor]:
    """Return an organization that the caller may change so, and who acts.

    Operators need a fresh proof of who they are, as for all that they do to others;
    with ``proof`` members do too. Raises ReauthenticationRequired, and what
    ``organizations.access.require`` does.
    """
    actor = actor_of(who)
    organization = open_organization(named, actor=actor)
    operates = may(organization, right, actor=actor) and not acts_by_role(
        actor, organization, right=right
    )
    if proof or operates:
        access.fresh_proof(who)
    return organization, actor
