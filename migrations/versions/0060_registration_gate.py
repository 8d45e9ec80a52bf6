"""Who may sign up: accounts that wait for an operator, and a waitlist for new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0060_registration_gate"
down_revision = "0059_invites"
APPROVALS, WAITLIST = "registration_approvals", "registration_waitlist"
WAITS = sa.text("admitted_at IS NULL AND left_at IS NULL AND confirmed_at IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "pending_registrations",
        sa.Column(
            "needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.add_column("mail_requests", sa.Column("note", sa.String(500)))
    op.create_table(
        APPROVALS,
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f(f"fk_{APPROVALS}_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f(f"pk_{APPROVALS}")),
    )
    op.create_index(f"ix_{APPROVALS}_asked", APPROVALS, ["asked_at", "user_id"])
    make_waitlist()


def make_waitlist() -> None:
    """Make the table of places."""
    op.create_table(
        WAITLIST,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("note", sa.String(500)),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True))
            for name in ("confirmed_at", "admitted_at", "admitted_until")
        ),
        sa.Column("admit_digest", sa.String(64)),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{WAITLIST}")),
        sa.UniqueConstraint("email_key", name=op.f(f"uq_{WAITLIST}_email_key")),
        sa.UniqueConstraint("admit_digest", name=op.f(f"uq_{WAITLIST}_admit_digest")),
    )
    op.create_index(
        f"ix_{WAITLIST}_waits",
        WAITLIST,
        ["confirmed_at", "id"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
