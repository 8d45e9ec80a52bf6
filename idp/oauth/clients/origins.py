"""From which web origins the pages of clients call.

Those of their redirect URIs, and what else they registered (``allowed_origins``).
"""

from sqlalchemy import bindparam, select

from idp.core.connections import connection
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.oauth.models import Client, ClientOrigin
from idp.oauth.protocol.redirect_uris import MAX_ORIGIN

origins, clients = table_of(ClientOrigin), table_of(Client)
AT_ORIGIN = (
    select(origins.c.client_id)
    .join_from(origins, clients, clients.c.client_id == origins.c.client_id)
    .where(origins.c.origin == bindparam("origin"), clients.c.disabled_at.is_(None))
)
FIND = Prepared(AT_ORIGIN.limit(1))


def is_registered(origin: str) -> bool:
    """Tell whether some client that is switched on lives at ``origin``."""
    return _can_be(origin) and FIND.read({"origin": origin}) is not None


def client_at(origin: str) -> str | None:
    """Return the one client that lives there, None where there is none, or several."""
    if not _can_be(origin):
        return None
    found = connection().execute(AT_ORIGIN.limit(2), {"origin": origin}).all()
    return found[0].client_id if len(found) == 1 else None


def _can_be(origin: str) -> bool:
    """Tell whether the database can be asked for it."""
    return len(origin) <= MAX_ORIGIN and origin.isprintable()
