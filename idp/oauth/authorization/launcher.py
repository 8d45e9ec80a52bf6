"""The apps that a user may start: those they may use, whether they ever did or not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select

from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.access.allowed import let_in
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.branding.files import Brand, brand_of
from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.search import is_of_kind
from idp.oauth.models import Client
from idp.oauth.protocol.response_modes import with_query
from idp.organizations.contexts.policies import allowed_clients

MOST = 100  # apps at once; who has more searches them

clients = table_of(Client)
HAS_START = or_(
    clients.c.registered["initiate_login_uri"].as_string() != "",
    clients.c.registered["client_uri"].as_string() != "",
)
STARTABLE = select(
    clients.c.client_id,
    clients.c.client_name,
    clients.c.registered,
    clients.c.branding,
).where(
    clients.c.disabled_at.is_(None),
    clients.c.client_id != ACCOUNT_CLIENT,
    ~is_of_kind(Kind.MACHINE),
    or_(clients.c.first_party.is_(True), HAS_START),
    or_(clients.c.restricted.is_(False), let_in(clients.c.client_id)),
)


@dataclass(frozen=True)
class StartableApp:
    """An app that a user may use; one of the operator's own may say no start."""

    client_id: str
    client_name: str
    client_uri: str | None
    start_uri: str | None
    brand: Brand


def list_startable(
    user_id: str,
    *,
    organization_id: str | None,
    used: Collection[str] = (),
    text: str = "",
) -> tuple[list[StartableApp], bool]:
    """Return the first apps that a user may start, and whether there are more.

    Those of the ids in ``used`` come first, then by name. ``organization_id`` is in
    whose context they act: its policies count. ``text`` is part of an app's name.
    Clients to which no user comes are no apps.
    """
    used_first = case((clients.c.client_id.in_(used), 0), else_=1)
    ordered = STARTABLE.order_by(used_first, clients.c.client_name, clients.c.client_id)
    wanted, allowed = ordered.limit(MOST + 1), allowed_clients(organization_id)
    if allowed is not None:
        wanted = wanted.where(clients.c.client_id.in_(allowed))
    if text:
        wanted = wanted.where(clients.c.client_name.icontains(text, autoescape=True))
    apps = [_app(row) for row in db.session.execute(wanted, {"of_user": user_id})]
    return apps[:MOST], len(apps) > MOST


def start_of(*, initiate_login_uri: str | None, client_uri: str | None) -> str | None:
    """Return where a user starts a client that says this of itself, None if nowhere.

    Where it begins a sign-in it is told at which server (OIDC Core §4).
    """
    if initiate_login_uri:
        return with_query(initiate_login_uri, {"iss": current(ServerSettings).issuer})
    return client_uri or None


def _app(row: Any) -> StartableApp:
    """Return a row as an app."""
    said: Mapping[str, Any] = row.registered
    client_uri = said.get("client_uri")
    return StartableApp(
        client_id=row.client_id,
        client_name=row.client_name,
        client_uri=client_uri,
        start_uri=start_of(
            initiate_login_uri=said.get("initiate_login_uri"), client_uri=client_uri
        ),
        brand=brand_of(row.client_id, row.branding),
    )
