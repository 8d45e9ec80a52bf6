"""Who has accepted which version of the terms."""

import sqlalchemy as sa
from alembic import op

revision = "0066_terms_acceptances"
down_revision = "0065_organization_domains"
compatible = True
ACCEPTANCES = "terms_acceptances"


def upgrade() -> None:
    op.create_table(
        ACCEPTANCES,
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("document", sa.String(16), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{ACCEPTANCES}_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "user_id", "document", "version", name=op.f(f"pk_{ACCEPTANCES}")
        ),
    )
    op.add_column("pending_registrations", sa.Column("accepted", sa.JSON()))
