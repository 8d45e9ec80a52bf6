"""Lists of users are searched by text, status and role."""

import sqlalchemy as sa
from alembic import op

revision = "0041_user_lists"
down_revision = "0040_personal_tokens"

HAS_ROLES = sa.text("CAST(roles AS TEXT) != '[]'")


def upgrade() -> None:
    compared = ["email_key", "email", "username", "name", "status", "id"]
    op.create_index("ix_users_list", "users", compared)
    op.create_index(
        "ix_users_with_roles",
        "users",
        ["email_key"],
        sqlite_where=HAS_ROLES,
        postgresql_where=HAS_ROLES,
    )
