"""Users of directories: when they were looked for, and since when they are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0058_watched_links"
down_revision = "0057_organization_contexts"
TABLE = "linked_identities"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("checked_at", sa.DateTime(timezone=True)))
    op.add_column(TABLE, sa.Column("gone_at", sa.DateTime(timezone=True)))
    op.add_column(
        TABLE,
        sa.Column("shut_out", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(f"ix_{TABLE}_checked", TABLE, ["provider_id", "checked_at"])
