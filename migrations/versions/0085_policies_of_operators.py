"""Policies of an organization say whether an operator decided them, or an owner."""

import sqlalchemy as sa
from alembic import op

revision = "0085_policies_of_operators"
down_revision = "0084_roles_counted"
compatible = True


def upgrade() -> None:
    # Nobody knows who decided what is there: owners loosen none of it.
    op.add_column(
        "policies",
        sa.Column(
            "by_operator", sa.Boolean(), nullable=False, server_default=sa.true()
        ),
    )
