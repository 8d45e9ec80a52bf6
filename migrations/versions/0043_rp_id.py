"""For which host a passkey was made."""

import sqlalchemy as sa
from alembic import op

revision = "0043_rp_id"
down_revision = "0042_passkeys"


def upgrade() -> None:
    op.add_column(
        "passkeys",
        sa.Column("rp_id", sa.String(253), nullable=False, server_default=""),
    )
