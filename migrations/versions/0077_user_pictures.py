"""Pictures of users that are served from here."""

import sqlalchemy as sa
from alembic import op

revision = "0077_user_pictures"
down_revision = "0076_newest_of_networks"
compatible = True


def upgrade() -> None:
    op.create_table(
        "user_pictures",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_user_pictures_user_id_users",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_pictures"),
    )
    op.create_index("ix_user_pictures_name", "user_pictures", ["name"])
