"""Which sign-in at a provider a session began with, for signing out there and here."""

import sqlalchemy as sa
from alembic import op

revision = "0054_upstream_sessions"
down_revision = "0053_mail_request_bound_to"
TABLE = "upstream_sessions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("sid", sa.String(255)),
        sa.Column("id_token_sealed", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["browser_sessions.id"],
            name=op.f(f"fk_{TABLE}_session_id_browser_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["providers.id"],
            name=op.f(f"fk_{TABLE}_provider_id_providers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_subject", TABLE, ["provider_id", "subject"])
    op.create_index(f"ix_{TABLE}_sid", TABLE, ["provider_id", "sid"])
