"""Who was an admin is an owner: the table of permissions tells the two apart now."""

import sqlalchemy as sa
from alembic import op

revision = "0027_owners"
down_revision = "0026_what_sign_ups_said"

users = sa.table("users", sa.column("id", sa.String), sa.column("roles", sa.JSON))


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(users.c.id, users.c.roles)).all():
        if "admin" in row.roles:
            roles = sorted({*row.roles, "owner"} - {"admin"})
            change = sa.update(users).where(users.c.id == row.id)
            connection.execute(change.values(roles=roles))
