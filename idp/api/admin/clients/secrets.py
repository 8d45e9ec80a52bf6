"""/api/admin/clients/<id>/secrets: list, add with an overlap, remove."""

from datetime import datetime, timedelta

from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import PermissionBeyond
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.api.admin.clients.clients import ONE
from idp.oauth.clients.changes import UnknownClient, get_client
from idp.oauth.clients.secrets import (
    LastSecret,
    TooManySecrets,
    UsesNoSecret,
    list_secrets,
    remove_secret,
    rotate_secret,
)
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("admin_client_secrets_api", __name__, tag="Administration: clients")
PATH = f"{ONE}/secrets"
ONE_DAY = 24 * 3600
LONGEST_OVERLAP = 365 * ONE_DAY
CHANGE_REFUSALS = (
    NotPermitted,
    ReauthenticationRequired,
    UnknownClient,
    UsesNoSecret,
)


class ClientSecretAnswer(Answer):
    """A live secret; itself it is not kept. Null in `expires_at` is until removed."""

    __qualname__ = "ClientSecret"  # as the API document calls it

    id: str
    created_at: datetime
    expires_at: datetime | None


class NewSecretBody(Body):
    """How long the present secret still works."""

    __qualname__ = "NewClientSecret"  # as the API document calls it

    overlap_seconds: int | None = Field(
        ONE_DAY,
        ge=0,
        le=LONGEST_OVERLAP,
        description="0 ends it at once, null lets it live until it is removed",
    )


class CreatedSecret(Answer):
    """A new secret; `client_secret` is told this once."""

    __qualname__ = "CreatedClientSecret"  # as the API document calls it

    id: str
    client_id: str
    client_secret: str
    others_expire_at: datetime | None


@api.operation(
    "GET",
    PATH,
    id="admin_client_secrets_api_show_all",
    answers={200: list[ClientSecretAnswer]},
    refusals=(NotPermitted, UnknownClient),
)
def show_all(who: Caller, client_id: str) -> list[ClientSecretAnswer]:
    """List the live secrets of a client, the newest first: two at most."""
    access.require(who, Permission.CLIENTS_READ)
    live = list_secrets(get_client(client_id).client_id)
    return [
        ClientSecretAnswer(
            id=row.id, created_at=row.created_at, expires_at=row.expires_at
        )
        for row in live
    ]


@api.operation(
    "POST",
    PATH,
    id="admin_client_secrets_api_create",
    body=NewSecretBody,
    answers={201: CreatedSecret},
    refusals=(*CHANGE_REFUSALS, TooManySecrets, PermissionBeyond),
    shown_once=("client_secret",),
)
def create(who: Caller, *, client_id: str, body: NewSecretBody) -> CreatedSecret:
    """Make a second secret, so that no app has to stop; it is told this once."""
    _admit_change(who)
    seconds = body.overlap_seconds
    made = rotate_secret(
        client_id,
        overlap=None if seconds is None else timedelta(seconds=seconds),
        held=access.held_by(who),
        by=who.user_id,
    )
    return CreatedSecret(
        id=made.secret_id,
        client_id=made.client_id,
        client_secret=made.client_secret,
        others_expire_at=made.others_expire_at,
    )


@api.operation(
    "DELETE",
    f"{PATH}/<secret_id>",
    id="admin_client_secrets_api_remove",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, LastSecret),
)
def remove(who: Caller, *, client_id: str, secret_id: str) -> None:
    """End a secret at once, but never the only one; again it changes nothing."""
    _admit_change(who)
    remove_secret(client_id, secret_id, by=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no secrets, or signed in too long ago."""
    access.require(who, Permission.CLIENTS_SECRETS)
    access.fresh_proof(who)
