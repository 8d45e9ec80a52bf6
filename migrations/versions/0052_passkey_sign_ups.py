"""Sign-ups with a passkey: no password, and the id that the account is to have."""

import sqlalchemy as sa
from alembic import op

revision = "0052_passkey_sign_ups"
down_revision = "0051_away_at_providers"
PENDING = "pending_registrations"


def upgrade() -> None:
    op.add_column("webauthn_challenges", sa.Column("new_user_id", sa.String(32)))
    with op.batch_alter_table(PENDING) as batch:
        batch.add_column(sa.Column("passkey", sa.JSON()))
        batch.alter_column("password_hash", existing_type=sa.String(255), nullable=True)
