"""When the owners of a domain that was proven by mail were told that this ends."""

import sqlalchemy as sa
from alembic import op

revision = "0079_domain_reminders"
down_revision = "0078_organization_logos"
compatible = True


def upgrade() -> None:
    reminded = sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("organization_domains", reminded)
