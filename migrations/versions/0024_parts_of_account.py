"""Clients of others have the parts of ``account`` that they could mean, by name.

Their consents, grants and devices that wait say the same.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024_parts_of_account"
down_revision = "0023_unended_sessions"

PARTS = ["account:profile", "account:read"]
SCOPED = {
    "consents": ("scope", "declined_scope"),
    "grants": ("scope",),
    "device_codes": ("scope",),
}
ACCOUNT_CLIENT = "idp-account"

clients = sa.table(
    "clients",
    sa.column("client_id", sa.String),
    sa.column("registered", sa.JSON),
    sa.column("first_party", sa.Boolean),
)
OF_OTHERS = sa.select(clients.c.client_id, clients.c.registered).where(
    clients.c.first_party.is_(sa.false()), clients.c.client_id != ACCOUNT_CLIENT
)


def upgrade() -> None:
    bind = op.get_bind()
    for client_id, registered in bind.execute(OF_OTHERS).all():
        apart = registered | {
            name: parted(registered[name])
            for name in ("scope", "optional_scope")
            if registered.get(name)
        }
        if apart != registered:
            changing = sa.update(clients).where(clients.c.client_id == client_id)
            bind.execute(changing.values(registered=apart))
        for table, columns in SCOPED.items():
            for column in columns:
                part(bind, table, column, client_id=client_id)


def part(bind: Any, table: str, column: str, *, client_id: str) -> None:
    """Replace a column of a client's rows, one statement for each value it has."""
    rows = sa.table(table, sa.column("client_id", sa.String), sa.column(column))
    scope = rows.c[column]
    of_client = rows.c.client_id == client_id
    named = sa.select(scope).distinct().where(of_client, scope.like("%account%"))
    for (value,) in bind.execute(named).all():
        if parted(value) != value:
            same = sa.update(rows).where(of_client, scope == value)
            bind.execute(same.values({column: parted(value)}))


def parted(scope: str) -> str:
    """Return a scope with the parts of ``account`` in its place."""
    apart = (PARTS if value == "account" else [value] for value in scope.split(" "))
    return " ".join(dict.fromkeys(value for each in apart for value in each))
