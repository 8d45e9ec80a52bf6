"""By what a recovery code's MAC was made, sealed beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0073_keys_of_recovery_codes"
down_revision = "0072_refusals"
compatible = True


def upgrade() -> None:
    op.add_column("recovery_codes", sa.Column("keys_sealed", sa.LargeBinary()))
