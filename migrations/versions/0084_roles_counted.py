"""PostgreSQL knows how few users have roles."""

from alembic import op

revision = "0084_roles_counted"
down_revision = "0083_user_search"
compatible = True

EXPRESSIONS_SINCE = (14,)


def upgrade() -> None:
    dialect = op.get_bind().dialect
    if dialect.name != "postgresql" or dialect.server_version_info < EXPRESSIONS_SINCE:
        return
    # Without it the planner takes all users for such, and reads them one by one.
    op.execute("CREATE STATISTICS users_roles ON (CAST(roles AS TEXT)) FROM users")
    op.execute("ANALYZE users")
