"""Which apps a person signed in to, for the account pages (accounts.connected_apps)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, func, select

from idp.accounts.connected_apps import ConnectedApp
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.account_client import ACCOUNT_CLIENT
from idp.oauth.models import Client, Grant

grants = table_of(Grant)
clients = table_of(Client)

LIVE_GRANTS = (
    select(
        clients.c.client_name,
        clients.c.registered,
        func.max(grants.c.created_at).label("used_at"),
    )
    .join_from(grants, clients)
    .where(grants.c.revoked_at.is_(None), grants.c.expires_at > bindparam("now"))
    .where(grants.c.client_id != ACCOUNT_CLIENT)
    .group_by(clients.c.client_id)
    .order_by(func.max(grants.c.created_at).desc())
)


class GrantedApps:
    """The directory of apps that hold a live grant (accounts.AppDirectory)."""

    def of_user(self, user_id: str) -> Sequence[ConnectedApp]:
        """Return the apps that may use an account, the newest first."""
        return find_apps(grants.c.user_id == user_id)

    def of_session(self, session_id: str) -> Sequence[ConnectedApp]:
        """Return the apps that one browser session signed in to."""
        return find_apps(grants.c.browser_session_id == session_id)


def find_apps(whose: ColumnElement[bool]) -> list[ConnectedApp]:
    """Return each app once, with its newest grant's time."""
    rows = db.session.execute(LIVE_GRANTS.where(whose), {"now": utcnow()}).all()
    return [
        ConnectedApp(row.client_name, row.registered.get("client_uri"), row.used_at)
        for row in rows
    ]
