"""Notices and mails are listed by what became of them, the newest first."""

import sqlalchemy as sa

from idp.ops.upgrades.indexes import create_index, drop_index

revision = "0034_delivery_lists"
down_revision = "0033_audit_combinations"
concurrent = True

NOTICES, MAILS = "logout_deliveries", "outbox_messages"
FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    create_index(f"ix_{NOTICES}_client_id_id", NOTICES, columns=["client_id", "id"])
    drop_index(f"ix_{NOTICES}_client_id", NOTICES)
    for table in (NOTICES, MAILS):
        create_index(
            f"ix_{table}_failed",
            table,
            columns=["id"],
            sqlite_where=FAILED,
            postgresql_where=FAILED,
        )
