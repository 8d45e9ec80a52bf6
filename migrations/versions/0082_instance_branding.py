"""The server's own name, colour, logos and links."""

import sqlalchemy as sa
from alembic import op

revision = "0082_instance_branding"
down_revision = "0081_over"
compatible = True


def upgrade() -> None:
    op.create_table(
        "instance_branding",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64)),
        sa.Column("colour", sa.String(7)),
        sa.Column("logo", sa.String(32)),
        sa.Column("dark_logo", sa.String(32)),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instance_branding"),
    )
    op.create_table(
        "instance_logos",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_instance_logos"),
    )
