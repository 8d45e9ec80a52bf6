"""The audit log is searched by who, what, whom, from where and when."""

import sqlalchemy as sa
from alembic import op

revision = "0032_audit_search"
down_revision = "0031_admin_scopes"

TABLE = "audit_events"
WHOM = {
    "admin.action": "subject",
    "group.member.added": "member",
    "group.member.removed": "member",
}

events = sa.table(
    TABLE,
    sa.column("event", sa.String),
    sa.column("subject", sa.String),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("subject", sa.String(32)))
    for event, key in WHOM.items():
        named = sa.update(events).where(events.c.event == event)
        op.execute(named.values(subject=events.c.detail[key].as_string()))
    for name in ("event", "client_id", "ip"):
        op.create_index(index_of(name), TABLE, [name, "occurred_at"])
    for name in ("actor", "subject"):
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            index_of(name),
            TABLE,
            [name, "occurred_at"],
            sqlite_where=there,
            postgresql_where=there,
        )


def index_of(name: str) -> str:
    return f"ix_{TABLE}_{name}_occurred_at"
