"""Users have several addresses, of which one is the primary."""

import sqlalchemy as sa
from alembic import op

revision = "0046_user_emails"
down_revision = "0045_instance"
TABLE = "user_emails"

# One statement, whatever the number of users. Ids in order, as new ones are: of random
# ones a large index takes six times as long.
NEW_ID = {
    "sqlite": "printf('%032x', rowid)",
    "postgresql": "lpad(to_hex(row_number() OVER ()), 32, '0')",
}
COPY = (
    "INSERT INTO user_emails"
    ' (id, user_id, email, email_key, verified_at, "primary", added_at)'
    " SELECT {new_id}, id, email, email_key, email_verified_at, true, created_at"
    " FROM users"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254)),
        sa.Column("verified_at", moment),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_user_emails_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_emails")),
        sa.UniqueConstraint("email_key", name=op.f("uq_user_emails_email_key")),
    )
    op.execute(COPY.format(new_id=NEW_ID[op.get_bind().dialect.name]))
    _index()


def _index() -> None:
    """Index the rows once they are there, which is quicker than one by one."""
    op.create_index(op.f("ix_user_emails_user_id"), TABLE, ["user_id"])
    op.create_index(
        "uq_user_emails_primary",
        TABLE,
        ["user_id"],
        unique=True,
        sqlite_where=sa.text('"primary" = 1'),
        postgresql_where=sa.text('"primary"'),
    )
    op.create_index(
        "ix_user_emails_further",
        TABLE,
        ["email", "user_id", "verified_at"],
        sqlite_where=sa.text('"primary" = 0'),
        postgresql_where=sa.text('NOT "primary"'),
    )
    op.create_index(
        "ix_user_emails_unproven",
        TABLE,
        ["email", "added_at"],
        sqlite_where=sa.text("email_key IS NULL"),
        postgresql_where=sa.text("email_key IS NULL"),
    )
