"""A user's passkeys: list, find and name them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from idp.accounts.errors import InvalidInput
from idp.accounts.factors.passkeys.errors import NoSuchPasskey
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.models import Passkey
from idp.core.db import db, table_of
from idp.core.errors import FieldError
from idp.core.text import is_line, name_flaw

MAX_NAME = 100

keys = table_of(Passkey)
NOT_REMOVED = keys.c.removed_at.is_(None)


def list_passkeys(user_id: str) -> Sequence[Passkey]:
    """Return a user's passkeys and security keys, the newest first."""
    newest = select(Passkey).where(Passkey.user_id == user_id, NOT_REMOVED)
    return db.session.scalars(
        newest.order_by(Passkey.created_at.desc(), Passkey.id.desc())
    ).all()


def usable_ids(user_id: str, *, alone: bool = False) -> list[str]:
    """Return the ids of the keys that a user can show, or can sign in with alone."""
    usable = [key for key in list_passkeys(user_id) if key.usable]
    return [key.credential_id for key in usable if key.signs_in or not alone]


def find_by_credential(credential_id: str) -> Passkey | None:
    """Return the passkey that has this id and may be used; it may be any text."""
    found = _find(credential_id)
    return found if found and found.usable else None


def exists(credential_id: str) -> bool:
    """Tell whether a passkey has this id, whether or not it may be used."""
    return _find(credential_id) is not None


def count_left_behind() -> dict[str, int]:
    """Return how many passkeys were made for RP IDs that are not ours any more.

    None of them works while that is so.
    """
    others = keys.c.rp_id.not_in(["", relying_party().id])
    counted = select(keys.c.rp_id, func.count()).where(others, NOT_REMOVED)
    counted = counted.group_by(keys.c.rp_id)
    return dict(db.session.execute(counted).all())


def rename_passkey(user_id: str, passkey_id: str, *, name: str) -> Passkey:
    """Give a passkey another name; raises NoSuchPasskey and InvalidInput."""
    found = get_own(user_id, passkey_id)
    found.name = checked_name(name)
    db.session.flush()
    return found


def get_own(user_id: str, passkey_id: str) -> Passkey:
    """Return one of a user's own passkeys; raises NoSuchPasskey."""
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.user_id != user_id or found.removed_at:
        raise NoSuchPasskey
    return found


def checked_name(name: str) -> str:
    """Return a name that can be kept; raises InvalidInput."""
    named = " ".join(name.split())
    if not named:
        raise InvalidInput([FieldError("name", "missing", word="passkey.name_missing")])
    if len(named) > MAX_NAME:
        raise InvalidInput([FieldError("name", "too_long", values={"max": MAX_NAME})])
    flaw = name_flaw(named)
    if flaw:
        raise InvalidInput([FieldError("name", flaw)])
    return named


def _find(credential_id: str) -> Passkey | None:
    """Return the passkey that has this id; it may be any text."""
    if not credential_id.isascii() or not is_line(credential_id):
        return None
    named = Passkey.credential_id == credential_id
    known = select(Passkey).where(named, NOT_REMOVED)
    return db.session.scalar(known)
