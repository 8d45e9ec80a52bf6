"""Users have a middle name and a profile page (OIDC Core §5.1)."""

import sqlalchemy as sa
from alembic import op

revision = "0019_profile_claims"
down_revision = "0018_cache_versions"


def upgrade() -> None:
    op.add_column("users", sa.Column("middle_name", sa.String(255), nullable=True))
    op.add_column("users", sa.Column("profile", sa.String(2048), nullable=True))
