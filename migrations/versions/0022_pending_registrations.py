"""Sign-ups that wait for the proof of their address."""

import sqlalchemy as sa
from alembic import op

revision = "0022_pending_registrations"
down_revision = "0021_who_signed_up"
TABLE = "pending_registrations"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("code_mac", sa.String(64), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("registration_digest", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("username", sa.String(64)),
        sa.Column("username_key", sa.String(64)),
        sa.Column("name", sa.String(255)),
        sa.Column("given_name", sa.String(255)),
        sa.Column("family_name", sa.String(255)),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("ip", sa.String(45)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_registrations")),
        sa.UniqueConstraint(
            "token_digest", name=op.f("uq_pending_registrations_token_digest")
        ),
    )
    for column in ("email_key", "username_key", "expires_at"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
