"""Notices and mails are listed by what became of them, the newest first."""

import sqlalchemy as sa
from alembic import op

revision = "0034_delivery_lists"
down_revision = "0033_audit_combinations"

NOTICES, MAILS = "logout_deliveries", "outbox_messages"
FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(f"ix_{NOTICES}_client_id_id", NOTICES, ["client_id", "id"])
    op.drop_index(f"ix_{NOTICES}_client_id", NOTICES)
    for table in (NOTICES, MAILS):
        op.create_index(
            f"ix_{table}_failed",
            table,
            ["id"],
            sqlite_where=FAILED,
            postgresql_where=FAILED,
        )
