"""/api/organizations/{id}/policies: what an organization asks in its context."""

from flask import Response

from idp.accounts.access.principal import Caller
from idp.accounts.errors import InvalidInput
from idp.accounts.policies.keys import Scope
from idp.administration.organizations.policies import (
    change_policies_of,
    hold_policies_of,
    list_policies_of,
    policy_place,
)
from idp.administration.policies import PolicyState, versions_of
from idp.api.admin.policies import (
    PolicyAnswer,
    PolicyChanges,
    Value,
    as_json,
    policy_answer,
)
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.core.errors import RateLimited
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import Actor, open_organization
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_policies_api", __name__, tag="Organizations")
PATH = f"{ONE}/policies"


class OwnPolicy(PolicyAnswer):
    """How it stands with one key in the context of an organization.

    `value` is the strictest of what `by_operators` and `by_owners` decided; `source`,
    `updated_by` and `updated_at` are of the caller's side.
    """

    __qualname__ = "OrganizationPolicy"  # as the API document calls it

    by_operators: Value
    by_owners: Value


class OwnPolicies(Answer):
    """What is decided for the context of an organization, beside what all are asked."""

    __qualname__ = "OrganizationPolicies"  # as the API document calls it

    policies: list[OwnPolicy]


@api.operation(
    "GET",
    PATH,
    id="organization_policies_api_show",
    answers={200: OwnPolicies},
    refusals=REFUSALS,
    etag=True,
    scope=ACCOUNT_READ,
)
def show(who: Caller, organization_id: str) -> Response:
    """Show what the organization asks of who comes into its context.

    The strictest of all that apply wins: it can ask for more than the server does, and
    for nothing less. Operators and its owners decide side by side.
    """
    actor = actor_of(who)
    organization = open_organization(organization_id, actor=actor, right=Right.SETUP)
    return _answer(organization, actor)


@api.operation(
    "PATCH",
    PATH,
    id="organization_policies_api_change",
    body=PolicyChanges,
    answers={200: OwnPolicies},
    refusals=(*CHANGE_REFUSALS, InvalidInput, RateLimited),
    etag=True,
)
def change(who: Caller, *, organization_id: str, body: PolicyChanges) -> Response:
    """Decide some of it, or nothing about it any more: for its owners.

    It holds within a second, in the context of the organization alone. What operators
    have decided for it stays, and holds where it is stricter; theirs is changed where
    an operator calls. Owners change it 30 times an hour.
    """
    organization, actor = admit_change(
        who, organization_id, right=Right.POLICY, proof=True
    )
    held = hold_policies_of(organization, actor=actor)
    refuse_unseen(versions_of(held))
    change_policies_of(organization, body.values, held=held, actor=actor)
    return _answer(organization, actor)


def _answer(organization: Organization, actor: Actor) -> Response:
    """Return what is decided as an answer, and which state of it this is."""
    states = list_policies_of(organization, actor=actor)
    owns = policy_place(organization, actor=actor)[0] is Scope.OWNERS
    answer = OwnPolicies(policies=[_policy(state, owns=owns) for state in states])
    return reply(answer, headers={"ETag": etag_of(versions_of(states))})


def _policy(state: PolicyState, *, owns: bool) -> OwnPolicy:
    """Return how it stands with a key, by both sides."""
    own, other = state.value, state.beside.value if state.beside else None
    by_operators, by_owners = (other, own) if owns else (own, other)
    told = policy_answer(state).model_dump() | {"value": as_json(state.together)}
    return OwnPolicy(
        **told, by_operators=as_json(by_operators), by_owners=as_json(by_owners)
    )
