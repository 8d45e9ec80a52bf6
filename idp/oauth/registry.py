"""The client registry: register, apply, find (RFC 7591 metadata in, views out)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.randomness import digest, new_id, new_token
from idp.core.server_settings import ServerSettings
from idp.oauth import client_metadata
from idp.oauth.client_cache import (
    ClientCache,
    find_client,
    origins_of,
    printable,
    view_of,
)
from idp.oauth.client_metadata import InvalidClientMetadata
from idp.oauth.client_view import PUBLIC, ClientView
from idp.oauth.keys import rotation
from idp.oauth.models import Client, ClientOrigin, ClientSecret
from idp.security import audit

__all__ = [
    "Registered",
    "apply_client",
    "find_client",
    "list_clients",
    "register_client",
]

OPERATOR_MEMBERS = frozenset({"first_party", "require_pkce"})
DECLARED_MEMBERS = OPERATOR_MEMBERS | {"client_id", "client_secret"}


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
    """Return all clients by name, without their secrets."""
    rows = db.session.scalars(select(Client).order_by(Client.client_name)).all()
    return [view_of(row, ()) for row in rows]


def register_client(
    metadata: Mapping[str, Any],
    *,
    client_id: str | None = None,
    client_secret: str | None = None,
    first_party: bool = False,
    require_pkce: bool = True,
) -> Registered:
    """Register a client and return its credentials, the secret for the only time.

    An id and a secret are made unless the operator declares them. Raises
    InvalidClientMetadata with every mistake.
    """
    checked = check(metadata, require_pkce=require_pkce)
    prepare_keys(checked)
    confidential = checked["token_endpoint_auth_method"] != PUBLIC
    secret = (client_secret or new_token()) if confidential else None
    name = client_id or new_id()
    if db.session.get(Client, name):
        raise refusal("client_id", f"{name!r} is registered already")
    checked.setdefault("client_name", name)
    client = Client(
        client_id=name,
        client_name=checked["client_name"],
        registered=checked,
        first_party=first_party,
        require_pkce=require_pkce,
        created_at=utcnow(),
    )
    db.session.add(client)
    db.session.flush()
    write_origins(client)
    if secret is not None:
        write_secret(name, secret)
    audit.record("client.created", client_id=name)
    return Registered(name, secret, client.created_at, checked)


def apply_client(declared: Mapping[str, Any]) -> None:
    """Make one declared client so (``--seed``, the demo); again changes nothing.

    ``declared`` is RFC 7591 metadata with ``client_id``, ``client_secret`` and our own
    ``first_party`` and ``require_pkce``. Names that mean nothing here are refused, so
    that no declared protection is silently missing.
    """
    check_declared(declared)
    client_id, secret = declared["client_id"], declared.get("client_secret")
    metadata = {k: v for k, v in declared.items() if k not in DECLARED_MEMBERS}
    flags = {
        "first_party": declared.get("first_party", False),
        "require_pkce": declared.get("require_pkce", True),
    }
    client = db.session.get(Client, client_id)
    if client is None:
        register_client(metadata, client_id=client_id, client_secret=secret, **flags)
        return
    checked = check(metadata, require_pkce=flags["require_pkce"])
    checked.setdefault("client_name", client_id)
    prepare_keys(checked)
    wanted = {"registered": checked, "client_name": checked["client_name"], **flags}
    before = {name: getattr(client, name) for name in wanted}
    if before != wanted:
        for name, value in wanted.items():
            setattr(client, name, value)
        write_origins(client)
        audit.record("client.changed", client_id=client_id)
    if secret is not None:
        keep_only_secret(client_id, secret)
    current(ClientCache).drop(client_id)


def check(metadata: Mapping[str, Any], *, require_pkce: bool) -> dict[str, Any]:
    """Return validated metadata; only a client with a secret may waive PKCE."""
    checked = client_metadata.validate(metadata, issuer=current(ServerSettings).issuer)
    if not require_pkce and checked["token_endpoint_auth_method"] == PUBLIC:
        raise refusal("require_pkce", "can be waived for clients with a secret only")
    return checked


def check_declared(declared: Mapping[str, Any]) -> None:
    """Refuse what a declared client must not or must have."""
    problems = client_metadata.unknown_members(declared, also=DECLARED_MEMBERS)
    if problems:
        raise InvalidClientMetadata(
            [FieldError(*split_problem(problem)) for problem in problems]
        )
    client_id = declared.get("client_id")
    if not isinstance(client_id, str) or not client_id or not printable(client_id):
        raise refusal("client_id", "must be given, in printable ASCII")
    secret = declared.get("client_secret")
    public = declared.get("token_endpoint_auth_method") == PUBLIC
    if secret is not None and (public or not isinstance(secret, str) or not secret):
        raise refusal("client_secret", "must be text, of a client that uses one")
    for flag in OPERATOR_MEMBERS & declared.keys():
        if not isinstance(declared[flag], bool):
            raise refusal(flag, "must be true or false")


def split_problem(problem: str) -> tuple[str, str, str]:
    """Return field, code and message of ``field: message``."""
    field, _, message = problem.partition(": ")
    return field, InvalidClientMetadata.code, message


def refusal(field: str, message: str) -> InvalidClientMetadata:
    """Return the error of one member."""
    return InvalidClientMetadata(
        [FieldError(field, InvalidClientMetadata.code, message)]
    )


def prepare_keys(metadata: Mapping[str, Any]) -> None:
    """Make sure that there is a key for the algorithms this client asks for."""
    rotation.ensure_keys(
        metadata["id_token_signed_response_alg"],
        metadata["access_token_signed_response_alg"],
    )


def write_origins(client: Client) -> None:
    """Replace the CORS origins of a client."""
    db.session.execute(
        delete(ClientOrigin).where(ClientOrigin.client_id == client.client_id)
    )
    for origin in sorted(origins_of(client.registered)):
        db.session.add(ClientOrigin(origin=origin, client_id=client.client_id))


def write_secret(client_id: str, secret: str) -> None:
    """Store the digest of a new live secret."""
    db.session.add(ClientSecret(client_id=client_id, digest=digest(secret)))


def keep_only_secret(client_id: str, secret: str) -> None:
    """Make ``secret`` the only live one of a client."""
    of_client = select(ClientSecret).where(ClientSecret.client_id == client_id)
    held = db.session.scalars(of_client).all()
    if [row.digest for row in held] == [digest(secret)]:
        return
    for row in held:
        db.session.delete(row)
    write_secret(client_id, secret)
    audit.record("client.secret.rotated", client_id=client_id)
