"""The apps that an account is used in: see them, take their access away."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.errors import IdpError
from idp.oauth.authorization import consents
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.branding.files import Brand, brand_of
from idp.oauth.models import Client, Consent, Grant, RefreshFamily
from idp.oauth.protocol import scopes
from idp.oauth.tokens.grant_revocation import revoke_of_client
from idp.oauth.tokens.grants import UNENDED
from idp.security import audit

grants, families = table_of(Grant), table_of(RefreshFamily)
clients, remembered = table_of(Client), table_of(Consent)

LIVE = (*UNENDED, grants.c.client_id != ACCOUNT_CLIENT)
HERE = clients.c.deleted_at.is_(None)
LIVE_GRANTS = (
    select(
        clients.c.client_name,
        clients.c.registered,
        func.max(grants.c.created_at).label("used_at"),
    )
    .join_from(grants, clients)
    .where(*LIVE, HERE)
    .group_by(clients.c.client_id)
    .order_by(func.max(grants.c.created_at).desc())
)
OF_CLIENT = (
    clients.c.client_id,
    clients.c.client_name,
    clients.c.registered,
    clients.c.branding,
    clients.c.first_party,
)
GRANTED = (
    select(
        *OF_CLIENT,
        grants.c.scope,
        func.min(grants.c.created_at).label("first_used_at"),
        func.max(grants.c.created_at).label("last_used_at"),
        func.max(families.c.rotated_at).label("refreshed_at"),
    )
    .join_from(grants, clients)
    .outerjoin(families, families.c.grant_id == grants.c.id)
    .where(*LIVE, HERE, grants.c.user_id == bindparam("user_id"))
    .group_by(clients.c.client_id, grants.c.scope)
)
ALLOWED = (
    select(
        *OF_CLIENT,
        remembered.c.scope,
        remembered.c.created_at.label("first_used_at"),
        remembered.c.updated_at.label("last_used_at"),
        remembered.c.updated_at.label("refreshed_at"),
    )
    .join_from(remembered, clients)
    .where(HERE, remembered.c.user_id == bindparam("user_id"))
)


class NoSuchApp(IdpError):
    """An app that has no access to the account, or that does not exist."""

    code = "no_such_app"
    status = HTTPStatus.NOT_FOUND
    title = "This app has no access to your account."


@dataclass(frozen=True)
class ConnectedApp:
    """An app that a user signed in to; ``uri`` is its home page."""

    name: str
    uri: str | None
    used_at: datetime


@dataclass(frozen=True)
class AppAccess:
    """An app that may use an account: by a live grant, a remembered consent, or both.

    ``scope`` is all that it may use; ``account`` in it is all of the account for a
    ``first_party`` one.
    """

    client_id: str
    client_name: str
    client_uri: str | None
    brand: Brand
    first_party: bool
    scope: tuple[str, ...]
    first_used_at: datetime
    last_used_at: datetime


def find_apps_of_user(user_id: str) -> list[ConnectedApp]:
    """Return the apps that hold a live grant of an account, the newest first."""
    return _find_apps(grants.c.user_id == user_id)


def find_apps_of_session(session_id: str) -> list[ConnectedApp]:
    """Return the apps that one browser session signed in to."""
    return _find_apps(grants.c.browser_session_id == session_id)


def list_apps(user_id: str) -> list[AppAccess]:
    """Return the apps that may use an account, the last used first."""
    by_client: dict[str, list[Any]] = defaultdict(list)
    for statement in (GRANTED, ALLOWED):
        values = {"user_id": user_id, "now": utcnow()}
        for row in db.session.execute(statement, values).all():
            by_client[row.client_id].append(row)
    apps = [_access(rows) for rows in by_client.values()]
    return sorted(apps, key=lambda app: app.last_used_at, reverse=True)


def remove_app(user_id: str, client_id: str) -> None:
    """Take all access from an app: it has to ask again. Raises NoSuchApp.

    Its refresh tokens end, and what asks this server about an access token is told
    that it has ended; a resource server that does not ask takes it until it expires.
    """
    if client_id not in {app.client_id for app in list_apps(user_id)}:
        raise NoSuchApp
    consents.forget(user_id=user_id, client_id=client_id)
    revoke_of_client(user_id, client_id)
    audit.record("consent.revoked", user_id=user_id, client_id=client_id)


def _find_apps(whose: ColumnElement[bool]) -> list[ConnectedApp]:
    """Return each app once, with its newest grant's time."""
    rows = db.session.execute(LIVE_GRANTS.where(whose), {"now": utcnow()}).all()
    return [
        ConnectedApp(row.client_name, row.registered.get("client_uri"), row.used_at)
        for row in rows
    ]


def _access(rows: Sequence[Any]) -> AppAccess:
    """Return what the rows about one client say together."""
    client = rows[0]
    used = [row.last_used_at for row in rows]
    refreshed = [row.refreshed_at for row in rows if row.refreshed_at]
    return AppAccess(
        client_id=client.client_id,
        client_name=client.client_name,
        client_uri=client.registered.get("client_uri"),
        brand=brand_of(client.client_id, client.branding),
        first_party=client.first_party,
        scope=scopes.in_order(name for row in rows for name in row.scope.split()),
        first_used_at=min(row.first_used_at for row in rows),
        last_used_at=max(used + refreshed),
    )
