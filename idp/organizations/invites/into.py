"""Inviting into an organization: for its owners and admins, and for operators.

Fifty invites a day leave an organization that no operator knows, sent again or not.
"""

from collections.abc import Sequence

from sqlalchemy import update

from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import RateLimited
from idp.core.events import EventBus
from idp.organizations.access import Actor, require
from idp.organizations.changes import hold_shared
from idp.organizations.events import MembershipEnded
from idp.organizations.invites.issuing import (
    InvitedBy,
    MadeInvite,
    WantedInvite,
    admit_invites,
    resend_invite,
    store_invites,
    withdraw_invite,
)
from idp.organizations.invites.rows import UNANSWERED, invites
from idp.organizations.members import check_roles
from idp.organizations.models import Invite, Organization
from idp.organizations.rights import Right, rights_to_invite
from idp.security.ratelimit import meters
from idp.security.ratelimit.budgets import INVITES

DAY_SECONDS = 24 * 3600


def subscribe(bus: EventBus) -> None:
    """Follow who leaves an organization."""
    bus.subscribe(MembershipEnded, _withdraw_of)


def invite_into(
    organization: Organization,
    wanted: Sequence[WantedInvite],
    *,
    actor: Actor,
    by: InvitedBy,
    send: bool = True,
) -> list[MadeInvite]:
    """Invite some addresses as members with roles, all of them or none.

    Owners alone invite owners. Raises InvalidOrganization for an unknown role, and what
    ``admit_invites`` and ``hold_shared`` do.
    """
    _admit(organization, wanted, actor=actor)
    asked = admit_invites(wanted, send=send)
    _count(organization, len(asked))
    hold_shared(organization, Right.INVITES, actor=actor)
    _admit(organization, asked, actor=actor)
    return store_invites(asked, organization=organization, by=by, send=send)


def resend_into(
    organization: Organization,
    invite: Invite,
    *,
    actor: Actor,
    by: InvitedBy,
    send: bool = True,
) -> MadeInvite:
    """Make a new link for an open invite; raises what ``resend_invite`` does too."""
    _admit(organization, [_as_wanted(invite)], actor=actor)
    _count(organization, 1)
    return resend_invite(invite, by=by, send=send)


def withdraw_from(
    organization: Organization, invite: Invite, *, actor: Actor, by: InvitedBy
) -> None:
    """Let an invite into an organization open nothing any more."""
    require(organization, Right.INVITES, actor=actor)
    withdraw_invite(invite, by=by)


def _withdraw_of(event: MembershipEnded) -> None:
    """Let nobody in by what somebody sent who is no member any more."""
    sent = (
        invites.c.organization_id == event.organization_id,
        invites.c.invited_by == event.user_id,
    )
    db.session.execute(
        update(invites).where(*sent, UNANSWERED).values(withdrawn_at=utcnow())
    )


def _admit(
    organization: Organization, wanted: Sequence[WantedInvite], *, actor: Actor
) -> None:
    """Refuse who may not invite so, and roles that there are not."""
    roles = {role for each in wanted for role in each.roles}
    for right in sorted(rights_to_invite(roles)):
        require(organization, right, actor=actor)
    check_roles(organization, roles)


def _as_wanted(invite: Invite) -> WantedInvite:
    """Return what an invite was made of."""
    return WantedInvite(invite.email, tuple(invite.roles.split()))


def _count(organization: Organization, number: int) -> None:
    """Count invites of an organization that no operator knows; raises RateLimited."""
    if organization.approved_at is not None:
        return
    meter = INVITES.meter(organization.id)
    [reading] = meters.read([meter])
    if reading.tries + number > meter.budget.limits[0].amount:
        raise RateLimited(reading.wait_seconds or DAY_SECONDS)
    for _ in range(number):
        meter.count()
