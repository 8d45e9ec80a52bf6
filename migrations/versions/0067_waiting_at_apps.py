"""By which app somebody came who waits for a place."""

import sqlalchemy as sa
from alembic import op

revision = "0067_waiting_at_apps"
down_revision = "0066_terms_acceptances"
compatible = True


def upgrade() -> None:
    for table in ("mail_requests", "registration_waitlist"):
        op.add_column(table, sa.Column("client_id", sa.String(255)))
