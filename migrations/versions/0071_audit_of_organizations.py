"""The audit log is searched by the organization that a row concerns."""

import sqlalchemy as sa
from alembic import op

revision = "0071_audit_of_organizations"
down_revision = "0070_sign_up_fields"
compatible = True

TABLE, COLUMN = "audit_events", "organization_id"
KEYS = {
    "organization": (
        "member.added",
        "member.left",
        "member.removed",
        "member.role_changed",
        "organization.created",
        "organization.deleted",
        "organization.domain.changed",
        "organization.role.changed",
        "organization.updated",
        "waitlist.removed",
    ),
    "organization_id": (
        "invite.accepted",
        "invite.created",
        "invite.declined",
        "invite.resent",
        "invite.withdrawn",
        "organization.entered",
    ),
}

events = sa.table(
    TABLE,
    sa.column("event", sa.String),
    sa.column(COLUMN, sa.String),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, sa.String(32)))
    for key, names in KEYS.items():
        named = sa.update(events).where(events.c.event.in_(names))
        op.execute(named.values({COLUMN: events.c.detail[key].as_string()}))
    there = sa.text(f"{COLUMN} IS NOT NULL")
    op.create_index(
        f"ix_{TABLE}_{COLUMN}_occurred_at",
        TABLE,
        [COLUMN, "occurred_at"],
        sqlite_where=there,
        postgresql_where=there,
    )
