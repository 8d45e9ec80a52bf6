"""/api/admin/api-keys: what programs of operators call this API with."""

from datetime import datetime

from flask import Response
from pydantic import AwareDatetime, Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import PermissionBeyond
from idp.accounts.errors import InvalidInput
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration.api_keys import (
    LONGEST_NAME,
    MadeKey,
    NoSuchApiKey,
    WantedKey,
    create_api_key,
    get_api_key,
    list_api_keys,
    revoke_api_key,
)
from idp.administration.models import ApiKey
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import Parts, etag_of, refuse_unseen
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_api_keys_api", __name__, tag="Administration: API keys")
PATH = "/api/admin/api-keys"
ONE = f"{PATH}/<key_id>"


class ApiKeyAnswer(Answer):
    """An API key, without its text; `prefix` is how that begins.

    `last_used_at` and `last_ip` are at most five minutes late. `created_by` is null for
    one that the operator of the machine made.
    """

    __qualname__ = "ApiKey"  # as the API document calls it

    id: str
    name: str
    prefix: str
    permissions: list[str]
    created_by: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    last_ip: str | None
    revoked_at: datetime | None


class CreatedApiKey(ApiKeyAnswer):
    """A new API key; `key` is its text, which is told this once."""

    key: str


class NewApiKey(Body):
    """An API key to be."""

    name: str = Field(max_length=LONGEST_NAME)
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))
    expires_at: AwareDatetime | None = Field(
        None, description="At most a year ahead; 90 days where left out"
    )
    dangerous: bool = Field(
        False, description="True for permissions that are for owners alone"
    )


@api.operation(
    "GET",
    PATH,
    id="admin_api_keys_api_show_all",
    query=PageQuery,
    answers={200: PageAnswer[ApiKeyAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: PageQuery) -> Response:
    """List the API keys, the newest first, also those that have ended lately."""
    access.require(who, Permission.API_KEYS)
    page = list_api_keys(query)
    answer = PageAnswer[ApiKeyAnswer](
        items=[_key(row) for row in page.items], next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_api_keys_api_create",
    body=NewApiKey,
    answers={201: CreatedApiKey},
    refusals=(NotPermitted, PermissionBeyond, InvalidInput, ReauthenticationRequired),
    shown_once=("key",),
    etag=True,
)
def create(who: Caller, body: NewApiKey) -> Response:
    """Make an API key with permissions that one holds; its text is told this once.

    It loses what its maker loses. Programs make none, or they would outlive their key.
    """
    maker = access.require_user(who, Permission.API_KEYS)
    access.fresh_proof(who)
    wanted = WantedKey(
        name=body.name,
        permissions=body.permissions,
        expires_at=body.expires_at,
        dangerous=body.dangerous,
    )
    made = create_api_key(wanted, held=access.held_by(who), by=maker)
    return reply(_created(made), headers=_tag(made.row))


@api.operation(
    "GET",
    ONE,
    id="admin_api_keys_api_show",
    answers={200: ApiKeyAnswer},
    refusals=(NotPermitted, NoSuchApiKey),
    etag=True,
)
def show(who: Caller, key_id: str) -> Response:
    """Show an API key, also one that has ended lately."""
    access.require(who, Permission.API_KEYS)
    row = get_api_key(key_id)
    return reply(_key(row), headers=_tag(row))


@api.operation(
    "DELETE",
    ONE,
    id="admin_api_keys_api_revoke",
    answers={204: None},
    refusals=(NotPermitted, NoSuchApiKey, ReauthenticationRequired),
    etag=True,
)
def revoke(who: Caller, key_id: str) -> None:
    """End an API key for good, at once."""
    access.require(who, Permission.API_KEYS)
    access.fresh_proof(who)
    refuse_unseen(_parts(get_api_key(key_id)))
    revoke_api_key(key_id, by=who.user_id)


def _key(row: ApiKey) -> ApiKeyAnswer:
    """Return a key as an answer."""
    return ApiKeyAnswer.model_validate(_told_of(row))


def _created(made: MadeKey) -> CreatedApiKey:
    """Return a new key with its text."""
    return CreatedApiKey.model_validate({**_told_of(made.row), "key": made.text})


def _tag(row: ApiKey) -> dict[str, str]:
    """Return the ETag of a key."""
    return {"ETag": etag_of(_parts(row))}


def _parts(row: ApiKey) -> Parts:
    """Return what tells one state of a key from another: its use does not."""
    told = _key(row).model_dump(mode="json")
    return {name: told[name] for name in ("permissions", "expires_at", "revoked_at")}


def _told_of(row: ApiKey) -> dict[str, object]:
    """Return what an answer says of a key."""
    return {name: getattr(row, name) for name in ApiKeyAnswer.model_fields}
