"""Changes of address are found by the new address."""

from alembic import op

revision = "0013_email_change_lookup"
down_revision = "0012_mail_request_ip"


def upgrade() -> None:
    op.create_index("ix_email_changes_new_email", "email_changes", ["new_email"])
