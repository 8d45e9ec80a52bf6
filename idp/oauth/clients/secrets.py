"""The live secrets of a client: two while it rotates, so that no app has to stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, select

from idp.accounts.access.permissions import NOTHING, Permissions
from idp.core.clock import utcnow
from idp.core.db import changed_one, db
from idp.core.errors import IdpError
from idp.core.randomness import digest, new_id, new_token
from idp.oauth.clients.changes import hold_client, record_change
from idp.oauth.clients.kinds import uses_secret
from idp.oauth.clients.registry import refuse_beyond, write_secret
from idp.oauth.models import ClientSecret

MAX_LIVE = 2
ROTATED = "client.secret.rotated"


class UsesNoSecret(IdpError):
    """The client authenticates in another way, or not at all."""

    code = "uses_no_secret"
    status = HTTPStatus.CONFLICT
    title = "This client uses no secret: choose client_secret_basic in its settings."


class TooManySecrets(IdpError):
    """Two secrets are live; a third would only be forgotten."""

    code = "too_many_secrets"
    status = HTTPStatus.CONFLICT
    title = "Two secrets are live already. Remove the one that no app uses any more."


class SecretMadeAlready(IdpError):
    """The same request once more: its secret was shown the first time."""

    code = "secret_made_already"
    status = HTTPStatus.CONFLICT
    title = "This secret was made and shown already."


class LastSecret(IdpError):
    """Without it the client could not authenticate at all."""

    code = "last_secret"
    status = HTTPStatus.CONFLICT
    title = "This is the only secret. Add another one first, or disable the client."


@dataclass(frozen=True)
class NewSecret:
    """A secret at the only moment it can be read, and until when older ones live."""

    client_id: str
    secret_id: str
    client_secret: str
    others_expire_at: datetime | None


def list_secrets(client_id: str) -> list[ClientSecret]:
    """Return the live secrets of a client, newest first."""
    of_client = (
        select(ClientSecret)
        .where(ClientSecret.client_id == client_id)
        .order_by(ClientSecret.created_at.desc(), ClientSecret.id.desc())
    )
    now = utcnow()
    rows = db.session.scalars(of_client).all()
    return [row for row in rows if row.expires_at is None or row.expires_at > now]


def rotate_secret(
    client_id: str,
    *,
    overlap: timedelta | None,
    secret_id: str | None = None,
    held: Permissions = NOTHING,
    by: str | None = None,
) -> NewSecret:
    """Make a new secret; the others live for ``overlap``, None until removed.

    An overlap of zero ends the others at once. ``secret_id`` makes a repeated request
    harmless: it raises SecretMadeAlready. Raises UsesNoSecret and TooManySecrets, and
    PermissionBeyond for a client that may do here what is not ``held``.
    """
    registered = _lock(client_id)
    refuse_beyond(registered, held=held)
    if secret_id and db.session.get(ClientSecret, secret_id):
        raise SecretMadeAlready
    now = utcnow()
    others_expire_at = None if overlap is None else now + overlap
    _shorten_others(client_id, others_expire_at)
    if len(list_secrets(client_id)) >= MAX_LIVE:
        raise TooManySecrets
    secret, made_id = new_token(), secret_id or new_id()
    write_secret(client_id, secret, secret_id=made_id)
    record_change(client_id, event=ROTATED, by=by, change="added")
    return NewSecret(client_id, made_id, secret, others_expire_at)


def remove_secret(client_id: str, secret_id: str, *, by: str | None = None) -> None:
    """End one secret at once; nothing happens when it is gone already.

    Raises LastSecret for the only one left.
    """
    _lock(client_id)
    live = [held.id for held in list_secrets(client_id)]
    if live == [secret_id]:
        raise LastSecret
    ending = delete(ClientSecret).where(
        ClientSecret.id == secret_id, ClientSecret.client_id == client_id
    )
    if changed_one(ending, {}):
        record_change(client_id, event=ROTATED, by=by, change="removed")


def keep_only_secret(client_id: str, secret: str) -> None:
    """Make a declared secret the only one of a client; again it changes nothing."""
    of_client = select(ClientSecret).where(ClientSecret.client_id == client_id)
    held = db.session.scalars(of_client).all()
    if [row.digest for row in held] == [digest(secret)]:
        return
    for row in held:
        db.session.delete(row)
    write_secret(client_id, secret)
    record_change(client_id, event=ROTATED)


def _lock(client_id: str) -> Mapping[str, Any]:
    """Take the client's row, so that two rotations follow one another."""
    registered = hold_client(client_id).registered
    if not uses_secret(registered):
        raise UsesNoSecret
    return registered


def _shorten_others(client_id: str, expires_at: datetime | None) -> None:
    """Let no secret of a client live longer than until ``expires_at``."""
    now = utcnow()
    for held in list_secrets(client_id):
        if expires_at and (held.expires_at is None or held.expires_at > expires_at):
            held.expires_at = expires_at
    db.session.flush()
    over = delete(ClientSecret).where(
        ClientSecret.client_id == client_id, ClientSecret.expires_at <= now
    )
    db.session.execute(over)
