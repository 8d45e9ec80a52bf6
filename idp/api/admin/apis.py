"""/api/admin/apis: the resource servers that clients may ask for tokens for."""

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import replace as with_changes
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.admin.clients.fields import AccessTokenAlg
from idp.oauth.apis.declared import read_scopes
from idp.oauth.apis.registry import (
    ApiDeclaration,
    ApiIdentifierTaken,
    InvalidApi,
    UnknownApi,
    change_api,
    create_api,
    declaration_of,
    delete_api,
    get_api_by_id,
    hold_api,
)
from idp.oauth.apis.search import scopes_of, search_apis
from idp.oauth.models import Api
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import Parts, etag_of, refuse_unseen
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_apis_api", __name__, tag="Administration: APIs")
PATH = "/api/admin/apis"
ONE = f"{PATH}/<api_id>"
CHANGE_REFUSALS = (NotPermitted, ReauthenticationRequired, UnknownApi)


class ApisQuery(PageQuery):
    """Which APIs to list."""

    query: str = Field("", max_length=255, description="Part of a name or identifier")


class ScopeBody(Body):
    """A scope value; its description is shown when a user is asked for consent."""

    __qualname__ = "NewApiScope"  # as the API document calls it

    name: str
    description: str | dict[str, str] = Field(
        default={}, description="Text, or text by language tag"
    )


class ApiMembers(Body):
    """What may be said of an API."""

    signing_alg: AccessTokenAlg | None = Field(
        None, description="Of its access tokens; null is as the client says"
    )
    access_token_seconds: int | None = Field(
        None, description="How long its access tokens live; null is as the client says"
    )
    scopes: list[str | ScopeBody] = Field(default=[])


class NewApi(ApiMembers):
    """An API to be; its name is its identifier unless one is given."""

    identifier: str = Field(description="An absolute URI, its `resource` (RFC 8707)")
    name: str | None = None


class ApiReplacement(ApiMembers):
    """All that is to hold for an API."""

    name: str


class ApiChange(Body):
    """What is to be different; what is left out stays."""

    name: str | None = None
    signing_alg: AccessTokenAlg | None = None
    access_token_seconds: int | None = None
    scopes: list[str | ScopeBody] | None = None


class ScopeAnswer(Answer):
    """A scope value of an API; `description` is by language tag."""

    __qualname__ = "ApiScope"  # as the API document calls it

    name: str
    description: dict[str, str]


class ApiAnswer(Answer):
    """A registered API; an `imported` one was found in use, and nobody declared it."""

    __qualname__ = "Api"  # as the API document calls it

    id: str
    identifier: str
    name: str
    signing_alg: AccessTokenAlg | None
    access_token_seconds: int | None
    imported: bool
    scopes: list[ScopeAnswer]
    created_at: datetime
    updated_at: datetime


@api.operation(
    "GET",
    PATH,
    id="admin_apis_api_show_all",
    query=ApisQuery,
    answers={200: PageAnswer[ApiAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: ApisQuery) -> Response:
    """List the registered APIs by name."""
    access.require(who, Permission.APIS_READ)
    page = search_apis(query.query.strip(), query)
    scopes = scopes_of(page.items)
    items = [_answer(row, scopes=scopes[row.id]) for row in page.items]
    answer = PageAnswer[ApiAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_apis_api_create",
    body=NewApi,
    answers={201: ApiAnswer},
    refusals=(NotPermitted, ReauthenticationRequired, InvalidApi, ApiIdentifierTaken),
    etag=True,
)
def create(who: Caller, body: NewApi) -> Response:
    """Register an API, so that clients may be allowed to ask for tokens for it."""
    _admit_change(who)
    said = _said(body)
    identifier = said.pop("identifier")
    name = said.pop("name", None)
    declared = ApiDeclaration(name=identifier if name is None else name, **said)
    return _reply(create_api(identifier, declared, by=who.user_id))


@api.operation(
    "GET",
    ONE,
    id="admin_apis_api_show",
    answers={200: ApiAnswer},
    refusals=(NotPermitted, UnknownApi),
    etag=True,
)
def show(who: Caller, api_id: str) -> Response:
    """Show a registered API."""
    access.require(who, Permission.APIS_READ)
    return _reply(get_api_by_id(api_id))


@api.operation(
    "PUT",
    ONE,
    id="admin_apis_api_replace",
    body=ApiReplacement,
    answers={200: ApiAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidApi),
    etag=True,
)
def replace(who: Caller, *, api_id: str, body: ApiReplacement) -> Response:
    """Replace what is declared of an API; its identifier stays."""
    _admit_change(who)
    row = _held(api_id)
    change_api(row, ApiDeclaration(**_said(body)), by=who.user_id)
    return _reply(row)


@api.operation(
    "PATCH",
    ONE,
    id="admin_apis_api_change",
    body=ApiChange,
    answers={200: ApiAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidApi),
    etag=True,
)
def change(who: Caller, *, api_id: str, body: ApiChange) -> Response:
    """Change what is declared of an API; what is left out stays.

    `scopes` replace all present ones.
    """
    _admit_change(who)
    row = _held(api_id)
    said = _said(body)
    if said.get("name", "") is None:
        said["name"] = row.identifier
    change_api(row, with_changes(declaration_of(row), **said), by=who.user_id)
    return _reply(row)


@api.operation(
    "DELETE",
    ONE,
    id="admin_apis_api_delete",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def delete(who: Caller, api_id: str) -> None:
    """Delete an API: no client gets tokens for it any more."""
    _admit_change(who)
    delete_api(_held(api_id), by=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no APIs, or signed in too long ago."""
    access.require(who, Permission.APIS_WRITE)
    access.fresh_proof(who)


def _held(api_id: str) -> Api:
    """Return an API that nobody else changes now, if it is as the caller has seen."""
    row = get_api_by_id(api_id)
    hold_api(row)
    refuse_unseen(_parts(row))
    return row


def _said(body: BaseModel) -> dict[str, Any]:
    """Return what a body declares, and nothing that it leaves out."""
    said = body.model_dump(mode="json", exclude_unset=True)
    if "scopes" in said:
        said["scopes"] = read_scopes(said["scopes"] or [])
    return said


def _reply(row: Api) -> Response:
    """Return an API, and which state of it this is."""
    answer = _answer(row, scopes=declaration_of(row).scopes)
    return reply(answer, headers={"ETag": etag_of(_parts(row))})


def _parts(row: Api) -> Parts:
    """Return what tells one state of an API from another."""
    return asdict(declaration_of(row))


def _answer(row: Api, *, scopes: Mapping[str, Mapping[str, str]]) -> ApiAnswer:
    """Return an API as an answer."""
    columns = ApiAnswer.model_fields.keys() - {"scopes"}
    told: dict[str, Any] = {name: getattr(row, name) for name in columns}
    told["scopes"] = [
        {"name": name, "description": description}
        for name, description in scopes.items()
    ]
    return ApiAnswer.model_validate(told)
