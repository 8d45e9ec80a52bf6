"""Scope values about users that operators define."""

import sqlalchemy as sa
from alembic import op

revision = "0063_custom_scopes"
down_revision = "0062_attributes"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scopes",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scopes")),
    )
