"""When a link to a new password may be mailed again after support reset factors."""

import sqlalchemy as sa
from alembic import op

revision = "0048_reset_mail_from"
down_revision = "0047_trusted_browsers"


def upgrade() -> None:
    column = sa.Column("reset_mail_from", sa.DateTime(timezone=True))
    op.add_column("users", column)
