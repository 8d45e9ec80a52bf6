"""Mails wait as data: their values, sealed, and the language to render them in."""

import sqlalchemy as sa
from alembic import op

revision = "0014_mail_values"
down_revision = "0013_email_change_lookup"


def upgrade() -> None:
    op.add_column("outbox_messages", sa.Column("locale", sa.String(35), nullable=True))
    op.add_column(
        "outbox_messages", sa.Column("values_sealed", sa.LargeBinary(), nullable=True)
    )
