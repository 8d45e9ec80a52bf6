"""Fields that operators give to all users, and their values."""

import sqlalchemy as sa
from alembic import op

revision = "0062_attributes"
down_revision = "0061_waitlist_entries"
TABLE = "attributes"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON()),
        sa.Column("claim", sa.String(255)),
        sa.Column("scope", sa.String(255)),
        sa.Column("editable_by", sa.String(16), nullable=False),
        sa.Column("required_at", sa.String(16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{TABLE}")),
    )
    op.add_column("users", sa.Column("attributes", sa.JSON()))
