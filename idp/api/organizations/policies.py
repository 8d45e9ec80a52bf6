"""/api/organizations/{id}/policies: what an organization asks in its context."""

from collections.abc import Iterable

from flask import Response

from idp.accounts.access.principal import Caller
from idp.accounts.errors import InvalidInput
from idp.administration.organizations.policies import (
    SetByOperator,
    change_policies_of,
    hold_policies_of,
    list_policies_of,
)
from idp.administration.policies import PolicyState, versions_of
from idp.api.admin.policies import PolicyAnswer, PolicyChanges, policy_answer
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE, REFUSALS
from idp.core.errors import RateLimited
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import open_organization
from idp.organizations.rights import Right
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_policies_api", __name__, tag="Organizations")
PATH = f"{ONE}/policies"


class OwnPolicies(Answer):
    """What is decided for the context of an organization, beside what all are asked."""

    __qualname__ = "OrganizationPolicies"  # as the API document calls it

    policies: list[PolicyAnswer]


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
    for nothing less. What an operator has decided for it has the source `operator` for
    its owners, and is `read_only`.
    """
    actor = actor_of(who)
    organization = open_organization(organization_id, actor=actor, right=Right.SETUP)
    return _answer(list_policies_of(organization, actor=actor))


@api.operation(
    "PATCH",
    PATH,
    id="organization_policies_api_change",
    body=PolicyChanges,
    answers={200: OwnPolicies},
    refusals=(*CHANGE_REFUSALS, InvalidInput, SetByOperator, RateLimited),
    etag=True,
)
def change(who: Caller, *, organization_id: str, body: PolicyChanges) -> Response:
    """Decide some of it, or nothing about it any more: for its owners.

    It holds within a second, in the context of the organization alone. What an operator
    has decided for it stays. Owners change it 30 times an hour.
    """
    organization, actor = admit_change(
        who, organization_id, right=Right.POLICY, proof=True
    )
    held = hold_policies_of(organization, actor=actor)
    refuse_unseen(versions_of(held))
    change_policies_of(organization, body.values, held=held, actor=actor)
    return _answer(list_policies_of(organization, actor=actor))


def _answer(states: Iterable[PolicyState]) -> Response:
    """Return what is decided as an answer, and which state of it this is."""
    known = list(states)
    answer = OwnPolicies(policies=[policy_answer(state) for state in known])
    return reply(answer, headers={"ETag": etag_of(versions_of(known))})
