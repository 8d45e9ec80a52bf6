"""Security keys as a second step; removed passkeys wait for their undo.

Who has a passkey has it among what may be shown as a second factor.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049_second_step"
down_revision = "0048_reset_mail_from"
KEYS = "passkeys"

keys = sa.table(
    KEYS, sa.column("user_id", sa.String), sa.column("disabled_at", sa.DateTime)
)
users = sa.table("users", sa.column("id", sa.String), sa.column("factors", sa.JSON))


def upgrade() -> None:
    no = sa.false()
    op.add_column(
        KEYS, sa.Column("second_step", sa.Boolean(), nullable=False, server_default=no)
    )
    op.add_column(KEYS, sa.Column("removed_at", sa.DateTime(timezone=True)))
    op.create_index(op.f(f"ix_{KEYS}_removed_at"), KEYS, ["removed_at"])
    say_who_has_passkeys(op.get_bind())


def say_who_has_passkeys(connection: sa.Connection) -> None:
    """Name passkeys among the factors of their users."""
    usable = sa.select(keys.c.user_id).where(keys.c.disabled_at.is_(None))
    rows = connection.execute(sa.select(users).where(users.c.id.in_(usable))).all()
    for row in rows:
        connection.execute(
            sa.update(users)
            .where(users.c.id == row.id)
            .values(factors=sorted({*row.factors, "passkey"}))
        )
