"""Scope values of the administration mean something now: who had them asks again."""

import sqlalchemy as sa
from alembic import op

revision = "0031_admin_scopes"
down_revision = "0030_api_keys"

PERMISSIONS = (
    "users.read sessions.read organizations.read clients.read apis.read "
    "providers.read keys.read deliveries.read groups.read audit.read refusals.read "
    "settings.read users.create users.update users.disable users.send_reset "
    "sessions.end factors.reset invites waitlist users.address users.sign_in_link "
    "users.delete users.import "
    "organizations.write clients.write clients.secrets apis.write "
    "providers.write groups.write webhooks branding users.roles api_keys keys.rotate "
    "keys.revoke settings.write instance.export instance.import "
)
RESERVED = {f"admin:{permission}" for permission in PERMISSIONS.split()}

clients = sa.table(
    "clients", sa.column("client_id", sa.String), sa.column("registered", sa.JSON)
)


def upgrade() -> None:
    bind = op.get_bind()
    for client_id, registered in bind.execute(sa.select(clients)).all():
        scope = (registered.get("scope") or "").split(" ")
        left = [name for name in scope if name not in RESERVED]
        if left != scope:
            changed = registered | {"scope": " ".join(left)}
            of_client = sa.update(clients).where(clients.c.client_id == client_id)
            bind.execute(of_client.values(registered=changed))
