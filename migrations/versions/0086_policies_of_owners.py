"""What owners of an organization decided stands beside what operators did.

The column ``by_operator`` says nothing any more: code before this one still reads it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0086_policies_of_owners"
down_revision = "0085_policies_of_operators"
compatible = True

policies = sa.table(
    "policies", sa.column("scope"), sa.column("by_operator", sa.Boolean())
)


def upgrade() -> None:
    of_owners = policies.c.scope == "organization", policies.c.by_operator.is_(False)
    op.execute(policies.update().where(*of_owners).values(scope="owners"))
