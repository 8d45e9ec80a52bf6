"""From which web origins the pages of clients call.

Those of their redirect URIs, and what else they registered (``allowed_origins``).
"""

from sqlalchemy import bindparam, select

from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.oauth.models import Client, ClientOrigin
from idp.oauth.protocol.redirect_uris import MAX_ORIGIN

origins, clients = table_of(ClientOrigin), table_of(Client)
FIND = Prepared(
    select(origins.c.client_id)
    .join_from(origins, clients, clients.c.client_id == origins.c.client_id)
    .where(origins.c.origin == bindparam("origin"), clients.c.disabled_at.is_(None))
    .limit(1)
)


def is_registered(origin: str) -> bool:
    """Tell whether some client that is switched on lives at ``origin``."""
    if len(origin) > MAX_ORIGIN or not origin.isprintable():
        return False
    return FIND.read({"origin": origin}) is not None
