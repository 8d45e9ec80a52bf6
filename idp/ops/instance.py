"""What tells one installation from another, and whether its secret is the right one.

Something that only the secret opens is kept in the database: a server, or a command,
that has another would make keys that no other node can open, and could use none.
"""

from base64 import b64decode, b64encode

from sqlalchemy import Connection, bindparam, delete, insert, select

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.core.randomness import new_id
from idp.core.sealing import Keyring, SealBroken
from idp.oauth.models import SigningKey
from idp.ops.models import InstanceValue
from idp.ops.refusals import Refusal

CANARY = "canary"
OTHER_KEY = (
    "IDP_SECRET_KEY is not the secret of this database: what is sealed in it does not "
    "open. Give the secret that it was made with; after a change, both: new,old."
)

values, keys = table_of(InstanceValue), table_of(SigningKey)
FIND = select(values.c.value).where(values.c.key == bindparam("of"))
ANY_KEY = select(keys.c.kid, keys.c.private_sealed).limit(1)


def secret_fits(database: Connection) -> bool:
    """Tell whether the secret opens what is kept for that; True while nothing is."""
    sealed = database.execute(FIND, {"of": CANARY}).scalar_one_or_none()
    if sealed is not None:
        return _opens(b64decode(sealed), bound_to=CANARY)
    key = database.execute(ANY_KEY).one_or_none()
    return key is None or _opens(key.private_sealed, bound_to=key.kid)


def require_secret() -> None:
    """Refuse a secret that is not that of this database."""
    if not secret_fits(connection()):
        raise Refusal(OTHER_KEY)


def ensure_instance() -> None:
    """Keep who this installation is, from its first start on.

    The caller keeps other nodes out meanwhile, and has asked for the secret.
    """
    if find_value(CANARY) is not None:
        return
    sealed = current(Keyring).seal(CANARY.encode(), bound_to=CANARY)
    rows = {
        "id": new_id(),
        "created_at": utcnow().isoformat(),
        CANARY: b64encode(sealed).decode(),
    }
    kept = [{"key": key, "value": value} for key, value in rows.items()]
    connection().execute(insert(values), kept)


def find_value(key: str) -> str | None:
    """Return something that is known of the installation."""
    return connection().execute(FIND, {"of": key}).scalar_one_or_none()


def keep_value(key: str, value: str) -> None:
    """Keep something of the installation, in place of what was."""
    held = connection()
    held.execute(delete(values).where(values.c.key == key))
    held.execute(insert(values), {"key": key, "value": value})


def keep_canary() -> None:
    """Let the first secret be the one of this database from now on."""
    sealed = current(Keyring).seal(CANARY.encode(), bound_to=CANARY)
    keep_value(CANARY, b64encode(sealed).decode())


def _opens(sealed: bytes, *, bound_to: str) -> bool:
    """Tell whether the secret opens something."""
    try:
        current(Keyring).open(sealed, bound_to=bound_to)
    except SealBroken:
        return False
    return True
