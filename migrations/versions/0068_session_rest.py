"""For how long a session lay unused, and no policies of organizations at sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0068_session_rest"
down_revision = "0067_waiting_at_apps"
compatible = True


def upgrade() -> None:
    op.add_column(
        "browser_sessions",
        sa.Column("unused_seconds", sa.Integer(), nullable=False, server_default="0"),
    )
    op.execute(
        "DELETE FROM policies WHERE scope = 'organization' "
        "AND key IN ('max_sessions', 'leaked_password')"
    )
