"""The built-in client of the account API: the row that its grants point to.

What the client is, the code says (idp.oauth.account_client); nobody can change the row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_account_client"
down_revision = "0005_spent_assertions"

clients = sa.table(
    "clients",
    sa.column("client_id", sa.String),
    sa.column("client_name", sa.String),
    sa.column("registered", sa.JSON),
    sa.column("first_party", sa.Boolean),
    sa.column("require_pkce", sa.Boolean),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    now = sa.func.current_timestamp()
    row = {
        "client_id": "idp-account",
        "client_name": "Account API",
        "registered": {"token_endpoint_auth_method": "none"},
        "first_party": True,
        "require_pkce": True,
    }
    op.execute(sa.insert(clients).values(**row, created_at=now, updated_at=now))
