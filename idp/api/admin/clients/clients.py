"""/api/admin/clients: register, find, change and delete OAuth clients."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response
from pydantic import BaseModel, Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import PermissionBeyond
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.admin.clients.fields import (
    ClientAnswer,
    ClientChange,
    ClientReplacement,
    CreatedClient,
    ListedClientAnswer,
    NewClient,
)
from idp.oauth.clients.changes import UnknownClient, get_client
from idp.oauth.clients.edits.changes import (
    merge_client,
    read_apis,
    replace_client,
)
from idp.oauth.clients.edits.deletion import delete_client
from idp.oauth.clients.edits.described import describe_client
from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.registry import ClientIdTaken, register_client
from idp.oauth.clients.search import Wanted, search
from idp.oauth.models import Client
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.http.preconditions import Parts, etag_of, refuse_unseen
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_clients_api", __name__, tag="Administration: clients")
PATH = "/api/admin/clients"
ONE = f"{PATH}/<path:client_id>"
CHANGE_REFUSALS = (NotPermitted, ReauthenticationRequired, UnknownClient)
SAYING_REFUSALS = (PermissionBeyond, InvalidClientMetadata)
APART = ("client_id", "first_party", "require_pkce", "apis")


class ClientsQuery(PageQuery):
    """Which clients to list."""

    query: str = Field("", max_length=255, description="Part of a name or an id")
    kind: Kind | None = Field(None, description="What runs where")
    disabled: bool | None = Field(None, description="Only those that are, or are not")


@api.operation(
    "GET",
    PATH,
    id="admin_clients_api_show_all",
    query=ClientsQuery,
    answers={200: PageAnswer[ListedClientAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: ClientsQuery) -> Response:
    """List clients by name."""
    access.require(who, Permission.CLIENTS_READ)
    wanted = Wanted(query.query.strip(), query.kind, query.disabled)
    filters = query.model_dump(mode="json", exclude={"limit", "cursor"})
    of = f"api-clients:{urlencode(filters)}"
    page = search(wanted, query, of=of)
    answer = PageAnswer[ListedClientAnswer](
        items=list(map(_listed, page.items)), next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_clients_api_create",
    body=NewClient,
    answers={201: CreatedClient},
    refusals=(
        NotPermitted,
        ReauthenticationRequired,
        ClientIdTaken,
        *SAYING_REFUSALS,
    ),
    etag=True,
    shown_once=("client_secret",),
)
def create(who: Caller, body: NewClient) -> Response:
    """Register a client; its secret is told this once."""
    _admit_change(who)
    said = _said(body)
    made = register_client(
        {name: said[name] for name in said if name not in APART},
        client_id=body.client_id,
        first_party=body.first_party,
        require_pkce=body.require_pkce,
        apis=read_apis(said) or (),
        held=access.held_by(who),
        by=who.user_id,
    )
    client = get_client(made.client_id)
    told = {**_told_of(client), "client_secret": made.client_secret}
    return reply(CreatedClient.model_validate(told), headers=_tag(client))


@api.operation(
    "GET",
    ONE,
    id="admin_clients_api_show",
    answers={200: ClientAnswer},
    refusals=(NotPermitted, UnknownClient),
    etag=True,
)
def show(who: Caller, client_id: str) -> Response:
    """Show a client; an id that is a URL is percent-encoded in the path."""
    access.require(who, Permission.CLIENTS_READ)
    return _reply(client_id)


@api.operation(
    "PUT",
    ONE,
    id="admin_clients_api_replace",
    body=ClientReplacement,
    answers={200: ClientAnswer},
    refusals=(*CHANGE_REFUSALS, *SAYING_REFUSALS),
    etag=True,
)
def replace(who: Caller, *, client_id: str, body: ClientReplacement) -> Response:
    """Replace what is registered of a client; what is left out gets its default.

    But for `access`, `app_roles` and `disabled`: to forget one opens no client.
    """
    _admit_change(who)
    replace_client(
        client_id,
        _said(body),
        review=_refuse_unseen,
        held=access.held_by(who),
        by=who.user_id,
    )
    return _reply(client_id)


@api.operation(
    "PATCH",
    ONE,
    id="admin_clients_api_change",
    body=ClientChange,
    answers={200: ClientAnswer},
    refusals=(*CHANGE_REFUSALS, *SAYING_REFUSALS),
    etag=True,
)
def change(who: Caller, *, client_id: str, body: ClientChange) -> Response:
    """Change a client, or turn it off or on; what is left out stays.

    Metadata that is null gets its default. All nodes follow within a second.
    """
    _admit_change(who)
    merge_client(
        client_id,
        _said(body),
        review=_refuse_unseen,
        held=access.held_by(who),
        by=who.user_id,
    )
    return _reply(client_id)


@api.operation(
    "DELETE",
    ONE,
    id="admin_clients_api_delete",
    answers={204: None},
    refusals=CHANGE_REFUSALS,
    etag=True,
)
def delete(who: Caller, client_id: str) -> None:
    """Delete a client with its secrets, tokens and consents."""
    _admit_change(who)
    delete_client(
        client_id,
        review=lambda client: _refuse_unseen(describe_client(client)),
        by=who.user_id,
    )


def _admit_change(who: Caller) -> None:
    """Refuse who may change no clients, or signed in too long ago."""
    access.require(who, Permission.CLIENTS_WRITE)
    access.fresh_proof(who)


def _said(body: BaseModel) -> dict[str, Any]:
    """Return what a body says, and nothing that it leaves out."""
    return body.model_dump(mode="json", exclude_unset=True)


def _reply(client_id: str) -> Response:
    """Return a client, and which state of it this is."""
    client = get_client(client_id)
    answer = ClientAnswer.model_validate(_told_of(client))
    return reply(answer, headers=_tag(client))


def _told_of(client: Client) -> dict[str, Any]:
    """Return what an answer says of a client."""
    told = describe_client(client)
    known = {name: told[name] for name in ClientAnswer.model_fields if name in told}
    apis = [_api(item) for item in told["apis"]]
    return {
        **known,
        "apis": apis,
        "created_at": client.created_at,
        "warnings": warnings_of(client.registered),
    }


def _api(declared: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an API that a client may ask for in the one shape of answers."""
    if isinstance(declared, str):
        return {"identifier": declared, "scopes": None}
    return declared


def _tag(client: Client) -> dict[str, str]:
    """Return the ETag of a client."""
    return {"ETag": etag_of(_parts(describe_client(client)))}


def _refuse_unseen(described: Mapping[str, Any]) -> None:
    """Refuse a change of another state than the caller has seen."""
    refuse_unseen(_parts(described))


def _parts(described: Mapping[str, Any]) -> Parts:
    """Return what tells one state of a client from another, in one order."""
    changeable = ClientReplacement.model_fields
    return {name: described.get(name) for name in changeable}


def _listed(client: Client) -> ListedClientAnswer:
    """Return a client as one of a list."""
    registered = client.registered
    columns = ("client_id", "client_name", "first_party", "created_at")
    members = ListedClientAnswer.model_fields.keys() & registered.keys()
    told = {name: registered[name] for name in members}
    told |= {name: getattr(client, name) for name in columns}
    return ListedClientAnswer.model_validate(
        {**told, "disabled": client.disabled_at is not None}
    )
