"""Logos of organizations that are served from here."""

import sqlalchemy as sa
from alembic import op

revision = "0078_organization_logos"
down_revision = "0077_user_pictures"
compatible = True


def upgrade() -> None:
    op.add_column("organizations", sa.Column("logo_link", sa.String(2048)))
    op.create_table(
        "organization_logos",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name="fk_organization_logos_organization_id_organizations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", name="pk_organization_logos"),
    )
    op.create_index("ix_organization_logos_name", "organization_logos", ["name"])
