"""No session begins by a proof that was judged before the account changed."""

import sqlalchemy as sa
from alembic import op

revision = "0020_security_version"
down_revision = "0019_profile_claims"


def upgrade() -> None:
    op.add_column(
        "users",
        sa.Column("security_version", sa.Integer(), server_default="0", nullable=False),
    )
