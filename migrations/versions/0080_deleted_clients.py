"""Clients that are being deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0080_deleted_clients"
down_revision = "0079_domain_reminders"
compatible = True


def upgrade() -> None:
    op.add_column("clients", sa.Column("deleted_at", sa.DateTime(timezone=True)))
