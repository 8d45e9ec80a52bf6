"""Lists of users are searched by text, status and role."""

import sqlalchemy as sa

from idp.ops.upgrades.indexes import create_index

revision = "0041_user_lists"
down_revision = "0040_personal_tokens"
concurrent = True

HAS_ROLES = sa.text("CAST(roles AS TEXT) != '[]'")


def upgrade() -> None:
    compared = ["email_key", "email", "username", "name", "status", "id"]
    create_index("ix_users_list", "users", columns=compared)
    create_index(
        "ix_users_with_roles",
        "users",
        columns=["email_key"],
        sqlite_where=HAS_ROLES,
        postgresql_where=HAS_ROLES,
    )
