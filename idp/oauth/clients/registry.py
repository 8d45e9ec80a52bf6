"""The client registry: register and list (RFC 7591 metadata in, views out)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, select

from idp.accounts.access.permissions import NOTHING, Permissions
from idp.accounts.access.roles import PermissionBeyond
from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import db, unless_taken
from idp.core.errors import FieldError
from idp.core.randomness import digest, new_id, new_token
from idp.core.settings.server import ServerSettings
from idp.core.text import worded
from idp.oauth.apis.builtin import permissions_in
from idp.oauth.apis.permissions import ApiPermission, find_apis, set_permissions
from idp.oauth.apis.registry import InvalidApi
from idp.oauth.clients.access.changes import write_people
from idp.oauth.clients.access.members import read_people
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.branding.linked import (
    fetch_linked_logo,
    keep_linked_logo,
)
from idp.oauth.clients.cache import audiences_of, origins_of, printable, view_of
from idp.oauth.clients.kinds import uses_secret
from idp.oauth.clients.metadata.fetched_uris import unreachable
from idp.oauth.clients.metadata.registration import InvalidClientMetadata, validate
from idp.oauth.clients.view import PUBLIC, ClientView
from idp.oauth.keys import rotation
from idp.oauth.models import Client, ClientOrigin, ClientSecret
from idp.oauth.protocol import scopes
from idp.security import audit

MAX_ID = 255


class ClientIdTaken(InvalidClientMetadata):
    """An id that another client has."""

    code = "client_id_taken"
    status = HTTPStatus.CONFLICT
    title = "This client ID is registered already."


@dataclass(frozen=True)
class Registered:
    """A client that was just registered; the only moment its secret can be read."""

    client_id: str
    client_secret: str | None
    issued_at: datetime
    metadata: Mapping[str, Any]

    def as_response(self) -> dict[str, Any]:
        """Return the registration response (RFC 7591 §3.2.1)."""
        response: dict[str, Any] = {
            "client_id": self.client_id,
            "client_id_issued_at": unix(self.issued_at),
        }
        if self.client_secret is not None:
            response |= {
                "client_secret": self.client_secret,
                "client_secret_expires_at": 0,
            }
        return response | dict(self.metadata)


def list_clients() -> list[ClientView]:
    """Return all clients that were registered, by name, without their secrets."""
    registered = select(Client).where(
        Client.client_id != ACCOUNT_CLIENT, Client.deleted_at.is_(None)
    )
    rows = db.session.scalars(registered.order_by(Client.client_name)).all()
    return [view_of(row) for row in rows]


def register_client(
    metadata: Mapping[str, Any],
    *,
    client_id: str | None = None,
    client_secret: str | None = None,
    first_party: bool = False,
    require_pkce: bool = True,
    apis: Iterable[ApiPermission] = (),
    held: Permissions = NOTHING,
    by: str | None = None,
) -> Registered:
    """Register a client and return its credentials, the secret for the only time.

    An id and a secret are made unless declared; ``by`` is the admin who does it and may
    do what is ``held``, ``apis`` what it may ask for. ``metadata`` may say who may use
    it, and its roles (``access.members``). Raises InvalidClientMetadata with every
    mistake, ClientIdTaken, and PermissionBeyond.
    """
    name = client_id or new_id()
    check_id(name)
    logo = fetch_linked_logo(metadata, registered={})
    checked = check_metadata(
        metadata, name=name, first_party=first_party, require_pkce=require_pkce
    )
    refuse_beyond(checked, held=held)
    secret = (client_secret or new_token()) if uses_secret(checked) else None
    client = Client(client_id=name, registered=checked, created_at=utcnow())
    client.client_name = checked["client_name"]
    client.first_party, client.require_pkce = first_party, require_pkce
    _add(client)
    keep_linked_logo(client, logo)
    write_origins(client)
    write_permissions(client, apis)
    people = write_people(client, read_people(metadata))
    if secret is not None:
        write_secret(name, secret)
    after = people.after or None
    audit.record("client.created", user_id=by, client_id=name, after=after)
    return Registered(name, secret, client.created_at, checked)


def check_id(client_id: str) -> None:
    """Refuse what cannot be a client_id, and that of the built-in client.

    Raises InvalidClientMetadata.
    """
    if not printable(client_id) or len(client_id) > MAX_ID:
        raise refusal(
            "client_id",
            worded(
                "must be printable ASCII of at most %(most)s characters", most=MAX_ID
            ),
        )
    if client_id == ACCOUNT_CLIENT:
        raise refusal("client_id", worded("is the built-in client of the account API"))


def check_metadata(
    metadata: Mapping[str, Any], *, name: str, first_party: bool, require_pkce: bool
) -> dict[str, Any]:
    """Return what is stored of metadata; ``name`` is shown where it names none.

    Only a client with a secret may waive PKCE, and only a first-party one has all of
    ``account``: others get its parts. There is a key afterwards for each
    algorithm that it asks for. Raises InvalidClientMetadata with every mistake.
    """
    checked = validate(metadata, issuer=current(ServerSettings).issuer)
    errors = list(unreachable(checked))
    if errors:
        raise InvalidClientMetadata(errors)
    if not require_pkce and checked["token_endpoint_auth_method"] == PUBLIC:
        raise refusal("require_pkce", "can be waived for clients with a secret only")
    rotation.ensure_keys(
        checked["id_token_signed_response_alg"],
        checked["access_token_signed_response_alg"],
        *filter(None, [checked.get("userinfo_signed_response_alg")]),
    )
    checked.setdefault("client_name", name)
    return checked if first_party else checked | _scopes_without_account(checked)


def refuse_beyond(*registered: Mapping[str, Any], held: Permissions) -> None:
    """Refuse to change, or to get a secret of, a client that may do more than one may.

    Raises PermissionBeyond.
    """
    for metadata in registered:
        if not permissions_in(metadata.get("scope", "").split()) <= held:
            raise PermissionBeyond


def refusal(field: str, message: str) -> InvalidClientMetadata:
    """Return the error of one member."""
    return InvalidClientMetadata(
        [FieldError(field, InvalidClientMetadata.code, message)]
    )


def write_origins(client: Client) -> None:
    """Replace the CORS origins of a client."""
    db.session.execute(
        delete(ClientOrigin).where(ClientOrigin.client_id == client.client_id)
    )
    for origin in sorted(origins_of(client.registered)):
        db.session.add(ClientOrigin(origin=origin, client_id=client.client_id))


def write_permissions(client: Client, wanted: Iterable[ApiPermission] | None) -> bool:
    """Let a client ask for these APIs, None for those it has; tell what changed.

    Its default is one of them. Raises InvalidClientMetadata.
    """
    try:
        changed = wanted is not None and set_permissions(client.client_id, wanted)
    except InvalidApi as refused:
        raise InvalidClientMetadata(refused.errors) from refused
    default = client.registered.get("default_resource")
    if default is not None:
        listed = audiences_of(client.registered, find_apis(client.client_id))
        if default not in {api.identifier for api in listed}:
            raise refusal(
                "default_resource", worded("must be one of the client's apis")
            )
    return changed


def write_secret(client_id: str, secret: str, *, secret_id: str | None = None) -> None:
    """Store the digest of a new live secret."""
    row = ClientSecret(id=secret_id or new_id(), client_id=client_id)
    row.digest = digest(secret)
    db.session.add(row)
    db.session.flush()


def _add(client: Client) -> None:
    """Add the row of a client; raises ClientIdTaken."""
    if db.session.get(Client, client.client_id):
        raise _taken(client.client_id)
    with unless_taken(lambda: _taken(client.client_id)):
        db.session.add(client)
        db.session.flush()


def _taken(client_id: str) -> ClientIdTaken:
    """Return the refusal of an id that another client has."""
    message = worded("%(value)s is registered already", value=repr(client_id))
    return ClientIdTaken([FieldError("client_id", ClientIdTaken.code, message)])


def _scopes_without_account(checked: Mapping[str, Any]) -> dict[str, str]:
    """Return the members that name scopes, as a client of others may have them."""
    return {
        name: scopes.join(scopes.without_account(checked[name].split(" ")))
        for name in ("scope", "optional_scope")
        if checked.get(name)
    }
