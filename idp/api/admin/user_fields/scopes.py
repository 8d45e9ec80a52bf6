"""/api/admin/scopes: scope values about users, and the claims that they open."""

from dataclasses import replace as with_changes
from typing import Any

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.oauth.custom_scopes.registry import (
    InvalidScope,
    ScopeDeclaration,
    ScopeExists,
    ScopeInUse,
    UnknownScope,
    change_scope,
    create_scope,
    delete_scope,
    get_scope,
    hold_scope,
    search_scopes,
)
from idp.oauth.custom_scopes.uses import clients_of_scope
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import etag_of, refuse_unseen
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_scopes_api", __name__, tag="Administration: scopes")
PATH = "/api/admin/scopes"
ONE = f"{PATH}/<path:scope_name>"
CHANGE_REFUSALS = (NotPermitted, ReauthenticationRequired, UnknownScope)


class ScopesQuery(PageQuery):
    """Which scopes to list."""

    query: str = Field("", max_length=255, description="Part of a name")


class ScopeMembers(Body):
    """What is to be different; what is left out stays."""

    description: dict[str, str] | None = Field(
        None, description="What users are asked, by language"
    )
    claims: list[str] | None = Field(
        None, description="Of the profile, or those of attributes"
    )


class NewScope(ScopeMembers):
    """A scope value to be."""

    name: str


class CustomScopeAnswer(Answer):
    """A scope value about users, for every client that registers it."""

    __qualname__ = "CustomScope"  # as the API document calls it

    name: str
    description: dict[str, str]
    claims: list[str]


class ClientOfScope(Answer):
    """A client that registered a scope value."""

    client_id: str
    client_name: str


class UsedScopeAnswer(CustomScopeAnswer):
    """The same, and which clients registered it."""

    __qualname__ = "UsedScope"

    clients: list[ClientOfScope]


@api.operation(
    "GET",
    PATH,
    id="admin_scopes_api_show_all",
    query=ScopesQuery,
    answers={200: PageAnswer[CustomScopeAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: ScopesQuery) -> Response:
    """List the scopes that operators have defined, by name."""
    access.require(who, Permission.APIS_READ)
    page = search_scopes(query.query.strip(), query)
    items = list(map(_answer, page.items))
    answer = PageAnswer[CustomScopeAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_scopes_api_create",
    body=NewScope,
    answers={201: CustomScopeAnswer},
    refusals=(NotPermitted, ReauthenticationRequired, InvalidScope, ScopeExists),
    etag=True,
)
def create(who: Caller, body: NewScope) -> Response:
    """Define a scope: clients that register it ask users for its claims."""
    _admit_change(who)
    wanted = _said(ScopeDeclaration(body.name), body)
    create_scope(wanted, by=who.user_id)
    return _reply(wanted)


@api.operation(
    "GET",
    ONE,
    id="admin_scopes_api_show",
    answers={200: UsedScopeAnswer},
    refusals=(NotPermitted, UnknownScope),
    etag=True,
)
def show(who: Caller, scope_name: str) -> Response:
    """Show a scope, and which clients registered it."""
    access.require(who, Permission.APIS_READ)
    found = get_scope(scope_name)
    clients = [
        ClientOfScope(client_id=client_id, client_name=client_name)
        for client_id, client_name in clients_of_scope(found.name)
    ]
    answer = UsedScopeAnswer(**found.as_json(), clients=clients)
    return reply(answer, headers={"ETag": etag_of(found.as_json())})


@api.operation(
    "PATCH",
    ONE,
    id="admin_scopes_api_change",
    body=ScopeMembers,
    answers={200: CustomScopeAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidScope),
    etag=True,
)
def change(who: Caller, *, scope_name: str, body: ScopeMembers) -> Response:
    """Change a scope; apps that users allowed it read the claims of now."""
    _admit_change(who)
    wanted = _said(_held(scope_name), body)
    change_scope(wanted, by=who.user_id)
    return _reply(wanted)


@api.operation(
    "DELETE",
    ONE,
    id="admin_scopes_api_delete",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, ScopeInUse),
    etag=True,
)
def delete(who: Caller, *, scope_name: str) -> None:
    """Delete a scope: it opens nothing any more, wherever it was allowed."""
    _admit_change(who)
    delete_scope(_held(scope_name).name, by=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no scopes, or signed in too long ago."""
    access.require(who, Permission.APIS_WRITE)
    access.fresh_proof(who)


def _held(name: str) -> ScopeDeclaration:
    """Return a scope that nobody else changes now, if it is as the caller has seen."""
    found = hold_scope(name)
    refuse_unseen(found.as_json())
    return found


def _said(present: ScopeDeclaration, body: ScopeMembers) -> ScopeDeclaration:
    """Return what a body makes of a scope; null is nothing."""
    said: dict[str, Any] = body.model_dump(exclude_unset=True)
    if "claims" in said:
        said["claims"] = tuple(said["claims"] or ())
    if "description" in said:
        said["description"] = said["description"] or {}
    return with_changes(present, **said)


def _reply(found: ScopeDeclaration) -> Response:
    """Return a scope, and which state of it this is."""
    return reply(_answer(found), headers={"ETag": etag_of(found.as_json())})


def _answer(found: ScopeDeclaration) -> CustomScopeAnswer:
    """Return a scope as an answer."""
    return CustomScopeAnswer.model_validate(found.as_json())
