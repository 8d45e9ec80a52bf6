"""What is over is found by its end."""

import sqlalchemy as sa

from idp.ops.upgrades.indexes import create_index

revision = "0081_over"
down_revision = "0080_deleted_clients"
compatible = True
concurrent = True

OVER = {"browser_sessions": "ended", "totp_secrets": "removed"}


def upgrade() -> None:
    for table, state in OVER.items():
        over = sa.text(f"{state}_at IS NOT NULL")
        create_index(
            f"ix_{table}_{state}",
            table,
            columns=[f"{state}_at"],
            sqlite_where=over,
            postgresql_where=over,
        )
