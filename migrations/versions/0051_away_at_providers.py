"""Browsers that are away at a provider, and identities that wait for their user."""

import sqlalchemy as sa
from alembic import op

revision = "0051_away_at_providers"
down_revision = "0050_providers"
SENT, WAITING = "upstream_requests", "waiting_identities"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        SENT,
        *_bound(SENT),
        sa.Column("max_age", sa.Integer()),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("created_at", MOMENT, nullable=False),
        *_of_user(SENT),
    )
    op.create_table(
        WAITING,
        *_bound(WAITING),
        sa.Column("email", sa.String(254)),
        *_of_user(WAITING),
    )
    for table in (SENT, WAITING):
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])
    op.create_index(op.f(f"ix_{WAITING}_email"), WAITING, ["email"])


def _bound(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the columns of what a browser goes on with, once."""
    return (
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=False),
        sa.Column("sent_copy", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{table}")),
    )


def _of_user(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the column of who wants to link what comes of it."""
    return (
        sa.Column("user_id", sa.String(32)),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{table}_user_id_users"),
            ondelete="CASCADE",
        ),
    )
