"""Invites may lead to an app."""

import sqlalchemy as sa
from alembic import op

revision = "0087_invites_to_apps"
down_revision = "0086_policies_of_owners"
compatible = True


def upgrade() -> None:
    op.add_column("invites", sa.Column("client_id", sa.String(255), nullable=True))
