"""Resource servers are registered objects; what is in use is imported.

Who used an audience may go on: each value of ``owned_resources`` and each audience of a
live grant becomes an API, allowed to the clients of those grants with the scopes that
they have for APIs.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from idp.core.randomness import new_id

revision = "0017_apis"
down_revision = "0016_names_of_parts"

ACCOUNT_CLIENT = "idp-account"
LONGEST, LONGEST_SCOPE = 1024, 255
OWN_SCOPES = {"openid", "profile", "email", "address", "phone", "offline_access"}

apis = sa.table(
    "apis",
    sa.column("id", sa.String),
    sa.column("identifier", sa.String),
    sa.column("name", sa.String),
    sa.column("imported", sa.Boolean),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)
api_scopes = sa.table(
    "api_scopes",
    sa.column("api_id", sa.String),
    sa.column("name", sa.String),
    sa.column("description", sa.JSON),
)
client_apis = sa.table(
    "client_apis",
    sa.column("client_id", sa.String),
    sa.column("api_id", sa.String),
    sa.column("scopes", sa.JSON),
)
clients = sa.table(
    "clients", sa.column("client_id", sa.String), sa.column("registered", sa.JSON)
)
grants = sa.table(
    "grants",
    sa.column("client_id", sa.String),
    sa.column("scope", sa.Text),
    sa.column("resource", sa.JSON),
    sa.column("expires_at", sa.DateTime(timezone=True)),
    sa.column("revoked_at", sa.DateTime(timezone=True)),
)
LIVE = sa.and_(
    grants.c.revoked_at.is_(None),
    grants.c.expires_at > sa.func.current_timestamp(),
    grants.c.resource.is_not(None),
)


def upgrade() -> None:
    create_tables()
    op.add_column("consents", sa.Column("resources", sa.JSON(), nullable=True))
    import_apis()


def create_tables() -> None:
    op.create_table(
        "apis",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("identifier", sa.String(LONGEST), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("signing_alg", sa.String(8), nullable=True),
        sa.Column("access_token_seconds", sa.Integer(), nullable=True),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_apis"),
        sa.UniqueConstraint("identifier", name="uq_apis_identifier"),
    )
    op.create_table(
        "api_scopes",
        sa.Column("api_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_id"], ["apis.id"], name="fk_api_scopes_api_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("api_id", "name", name="pk_api_scopes"),
    )
    op.create_table(
        "client_apis",
        sa.Column("client_id", sa.String(255), nullable=False),
        sa.Column("api_id", sa.String(32), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name="fk_client_apis_client_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["api_id"], ["apis.id"], name="fk_client_apis_api_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "api_id", name="pk_client_apis"),
    )
    op.create_index("ix_client_apis_api_id", "client_apis", ["api_id"])


def import_apis() -> None:
    rows = op.get_bind().execute(sa.select(clients))
    registered = {row.client_id: row.registered for row in rows}
    users = find_users(registered)
    now = sa.func.current_timestamp()
    for identifier in sorted(users.keys() | set(find_owned(registered))):
        api_id, of_clients = new_id(), users.get(identifier, {})
        row = {"id": api_id, "identifier": identifier, "name": identifier[:255]}
        adding = apis.insert().values(**row, imported=True)
        op.execute(adding.values(created_at=now, updated_at=now))
        for name in sorted(set().union(*of_clients.values())):
            op.execute(
                api_scopes.insert().values(api_id=api_id, name=name, description={})
            )
        for client_id, names in sorted(of_clients.items()):
            allowed = {"client_id": client_id, "scopes": sorted(names)}
            op.execute(client_apis.insert().values(api_id=api_id, **allowed))


def find_users(registered: dict[str, Any]) -> dict[str, dict[str, set[str]]]:
    """Return for each audience of a live grant its clients, with their scopes there."""
    found: dict[str, dict[str, set[str]]] = {}
    own = set()  # what the account API is known by
    columns = (grants.c.client_id, grants.c.scope, grants.c.resource)
    for client_id, scope, resource in op.get_bind().execute(
        sa.select(*columns).where(LIVE)
    ):
        for identifier in filter(fits, resource or ()):
            if client_id == ACCOUNT_CLIENT:
                own.add(identifier)
            metadata = registered.get(client_id, {})
            names = for_apis(f"{scope} {metadata.get('scope', '')}")
            of_clients = found.setdefault(identifier, {})
            of_clients.setdefault(client_id, set()).update(names)
    servers = {identifier.removesuffix("/account") for identifier in own}
    return {name: of for name, of in found.items() if name not in own | servers}


def find_owned(registered: dict[str, Any]) -> Iterator[str]:
    for metadata in registered.values():
        yield from filter(fits, metadata.get("owned_resources", ()))


def for_apis(scope: str) -> set[str]:
    names = set(scope.split()) - OWN_SCOPES
    return {
        n for n in names if n.partition(":")[0] != "account" and len(n) <= LONGEST_SCOPE
    }


def fits(identifier: str) -> bool:
    return len(identifier) <= LONGEST
