"""An audit row says who acted where that was no user."""

import sqlalchemy as sa
from alembic import op

revision = "0028_actors"
down_revision = "0027_owners"


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("actor", sa.String(300), nullable=True))
