"""In the context of which organization grants and sessions are."""

import sqlalchemy as sa
from alembic import op

revision = "0057_organization_contexts"
down_revision = "0056_link_changes"
COLUMN = "organization_id"
WHAT_ENDS = {"grants": "CASCADE", "browser_sessions": "SET NULL"}


def upgrade() -> None:
    for table, ondelete in WHAT_ENDS.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(COLUMN, sa.String(32)))
            batch.create_foreign_key(
                op.f(f"fk_{table}_{COLUMN}_organizations"),
                "organizations",
                [COLUMN],
                ["id"],
                ondelete=ondelete,
            )
        op.create_index(
            f"ix_{table}_{COLUMN}",
            table,
            [COLUMN],
            sqlite_where=sa.text(f"{COLUMN} IS NOT NULL"),
            postgresql_where=sa.text(f"{COLUMN} IS NOT NULL"),
        )
    op.add_column("interactions", sa.Column(COLUMN, sa.String(32)))
