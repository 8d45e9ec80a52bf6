"""Who signed up is known until the address is proven.

Of accounts that wait for that already, nobody knows it: whoever confirms them sets a
new password.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_who_signed_up"
down_revision = "0020_security_version"

UNPROVEN = sa.text(
    "UPDATE users SET registration_digest = ''"
    " WHERE email_verified_at IS NULL AND password_hash IS NOT NULL"
)


def upgrade() -> None:
    for name, length in (
        ("registration_digest", 64),
        ("registration_session_id", 32),
    ):
        op.add_column("users", sa.Column(name, sa.String(length)))
    op.execute(UNPROVEN)
