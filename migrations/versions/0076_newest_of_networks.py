"""From which network pending requests came, of which the newest are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0076_newest_of_networks"
down_revision = "0075_reserved_usernames"
compatible = True

WAITING = {
    "interactions": sa.text("finished_at IS NULL"),
    "device_codes": sa.text("answered_at IS NULL"),
    "pending_logouts": None,
}


def upgrade() -> None:
    for table, waiting in WAITING.items():
        op.add_column(table, sa.Column("network", sa.String(64)))
        op.create_index(
            f"ix_{table}_network_expires_at",
            table,
            ["network", "expires_at"],
            sqlite_where=waiting,
            postgresql_where=waiting,
        )
