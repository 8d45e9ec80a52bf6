"""/api/admin/policies: what is decided about sign-up, sign-in and sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.errors import InvalidInput
from idp.accounts.policies.keys import Scope
from idp.accounts.policies.rows import Place
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration.policies import (
    NoSuchScope,
    PolicyState,
    SetElsewhere,
    change_policies,
    decided_places,
    hold_policies,
    list_policies,
    place_of,
    versions_of,
)
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer, Body, Query
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_policies_api", __name__, tag="Administration: policies")
PATH = "/api/admin/policies"
Value = bool | int | str | list[str] | dict[str, str] | None


class PolicyQuery(Query):
    """For whom the policies are."""

    scope: Scope = Field(Scope.INSTANCE, description="For whom they are")
    scope_id: str = Field(
        "",
        max_length=255,
        description="A client's or organization's id, a role's name; of the instance "
        "none",
    )


class PolicyAnswer(Answer):
    """How it stands with one key in one place.

    `value` is null where nothing is decided there. `source` is `row` for a decision,
    `default`, or where the setting was given that beats it; then it is `read_only`.
    """

    __qualname__ = "Policy"  # as the API document calls it

    key: str
    title: str
    description: str
    allowed: str
    value: Value
    source: str
    read_only: bool
    updated_by: str | None
    updated_at: datetime | None


class PolicyPlace(Answer):
    """Where policies are."""

    scope: Scope
    scope_id: str


class Policies(PolicyPlace):
    """All policies of one place; `elsewhere` are further ones where some are."""

    policies: list[PolicyAnswer]
    elsewhere: list[PolicyPlace]


class PolicyChanges(Body):
    """Values by key; null decides nothing any more, what is left out stays."""

    values: dict[str, Value]


@api.operation(
    "GET",
    PATH,
    id="admin_policies_api_show",
    query=PolicyQuery,
    answers={200: Policies},
    refusals=(NotPermitted, NoSuchScope),
    etag=True,
)
def show(who: Caller, query: PolicyQuery) -> Response:
    """Show the policies of one place: the instance, a role, an organization, a client.

    The strictest of all that apply to a user at a client wins. Of an organization
    `owners` is what its owners decided, `organization` what operators did.
    """
    access.require(who, Permission.SETTINGS_READ)
    place = place_of(query.scope, query.scope_id)
    return _answer(place, list_policies(place))


@api.operation(
    "PATCH",
    PATH,
    id="admin_policies_api_change",
    query=PolicyQuery,
    body=PolicyChanges,
    answers={200: Policies},
    refusals=(
        NotPermitted,
        NoSuchScope,
        InvalidInput,
        SetElsewhere,
        ReauthenticationRequired,
    ),
    etag=True,
)
def change(who: Caller, *, query: PolicyQuery, body: PolicyChanges) -> Response:
    """Decide some policies of one place, or nothing about them any more.

    They hold within a second at every node, for sign-ins and authorizations from then
    on. What was given as a setting is changed where the server is started.
    """
    access.require(who, Permission.SETTINGS_WRITE)
    access.fresh_proof(who)
    place = place_of(query.scope, query.scope_id)
    held = hold_policies(place)
    refuse_unseen(versions_of(held))
    change_policies(place, body.values, held=held, by=who.user_id)
    return _answer(place, list_policies(place))


def policy_answer(state: PolicyState) -> PolicyAnswer:
    """Return one policy as an answer."""
    key, row = state.key, state.row
    return PolicyAnswer(
        key=key.name,
        title=key.title,
        description=key.doc,
        allowed=key.kind.words,
        value=as_json(state.value),
        source=state.source_name,
        read_only=state.source is not None,
        updated_by=row.updated_by if row else None,
        updated_at=row.updated_at if row else None,
    )


def as_json(value: Any) -> Any:
    """Return a value of a policy as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def _answer(place: Place, states: Iterable[PolicyState]) -> Response:
    """Return the policies of a place, and which state of them it is."""
    known = list(states)
    scope, scope_id = place
    answer = Policies(
        scope=scope,
        scope_id=scope_id,
        policies=[policy_answer(state) for state in known],
        elsewhere=[
            PolicyPlace(scope=other, scope_id=other_id)
            for other, other_id in decided_places()
            if (other, other_id) != place
        ],
    )
    return reply(answer, headers={"ETag": etag_of(versions_of(known))})
