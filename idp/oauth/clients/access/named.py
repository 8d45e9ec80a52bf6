"""The clients that can be chosen by their names, where a rule names some of them."""

from collections.abc import Collection

from sqlalchemy import or_, select

from idp.core.db import db, table_of
from idp.oauth.clients.access.allowed import let_in
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.search import is_of_kind
from idp.oauth.models import Client

clients = table_of(Client)
NAMED = (
    select(clients.c.client_id, clients.c.client_name)
    .where(
        clients.c.client_id != ACCOUNT_CLIENT,
        clients.c.deleted_at.is_(None),
        clients.c.disabled_at.is_(None),
        ~is_of_kind(Kind.MACHINE),
    )
    .order_by(clients.c.client_name, clients.c.client_id)
)
MAY_USE = or_(clients.c.restricted.is_(False), let_in(clients.c.client_id))


def name_clients(user_id: str | None, *, most: int) -> dict[str, str]:
    """Return the names of the first clients that users come to, by their ids.

    Those that a user may use; None stands for an operator, who sees all.
    """
    wanted, values = NAMED.limit(most), {}
    if user_id is not None:
        wanted, values = wanted.where(MAY_USE), {"of_user": user_id}
    return {
        row.client_id: row.client_name for row in db.session.execute(wanted, values)
    }


def told_clients(ids: Collection[str], *, user_id: str) -> set[str]:
    """Return which of some clients are among those that a user may use."""
    wanted = NAMED.where(MAY_USE, clients.c.client_id.in_(ids))
    found = db.session.execute(wanted, {"of_user": user_id})
    return {row.client_id for row in found}
