"""People are found by a fragment of a name or address."""

import sqlalchemy as sa
from alembic import op

from idp.ops.upgrades.indexes import create_index

revision = "0083_user_search"
down_revision = "0082_instance_branding"
compatible = True
concurrent = True

SEARCHED = "lower(email || ' ' || coalesce(username, '') || ' ' || coalesce(name, ''))"
MAY_ADD = sa.text(
    "SELECT has_database_privilege(current_database(), 'CREATE') AND EXISTS (SELECT 1 "
    "FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND trusted)"
)
THERE = sa.text(
    "SELECT EXISTS (SELECT 1 FROM pg_opclass "
    "WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid))"
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        columns = ["email_key", sa.text(SEARCHED), "status", "id"]
        named = sa.text("security_version >= 0")  # true of all: see the model
        create_index("ix_users_search", "users", columns=columns, sqlite_where=named)
        return
    # Without the right, or the package, all users are read, as they were before.
    if not connection.scalar(THERE) and connection.scalar(MAY_ADD):
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    if connection.scalar(THERE):
        trigrams = sa.text(f"({SEARCHED}) gin_trgm_ops")
        create_index(
            "ix_users_search", "users", columns=[trigrams], postgresql_using="gin"
        )
