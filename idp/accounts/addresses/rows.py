"""The rows of addresses; the primary one is written where ``users`` is, beside it.

The caller has changed, or holds, the row in ``users``, so of two changes of one user's
addresses one waits for the other. IntegrityError where another user has an address:
``core.db.unless_taken`` makes a refusal of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, or_, select, update

from idp.accounts.models import UserEmail
from idp.accounts.names import email_key
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, changed_one, db, table_of
from idp.core.randomness import new_id
from idp.core.text import is_line

emails = table_of(UserEmail)

OF_USER = emails.c.user_id == bindparam("of_user")
KEY: BindParameter[str] = bindparam("key")
ADDRESS: BindParameter[str] = bindparam("address")
UNPROVEN = emails.c.email_key.is_(None)
OF_ADDRESS = or_(emails.c.email_key == KEY, UNPROVEN & (emails.c.email == ADDRESS))
OF_OTHERS = or_(emails.c.email_key != KEY, UNPROVEN & (emails.c.email != ADDRESS))

KEYS = select(emails.c.email_key).where(OF_USER, ~UNPROVEN)
SPELLING = select(emails.c.email).where(OF_USER, emails.c.email_key == KEY)
DEMOTE = update(emails).where(OF_USER, emails.c.primary).values(primary=False)
DROP_PRIMARY = delete(emails).where(OF_USER, emails.c.primary, OF_OTHERS)
PROMOTE = (
    update(emails)
    .where(OF_USER, OF_ADDRESS)
    .values(
        email=ADDRESS,
        email_key=KEY,
        verified_at=func.coalesce(emails.c.verified_at, bindparam("now")),
        primary=True,
    )
)
DROP = delete(emails).where(OF_USER, OF_ADDRESS)
DROP_RECENT = delete(emails).where(
    OF_USER,
    ~emails.c.primary,
    or_(emails.c.verified_at.is_(None), emails.c.verified_at >= bindparam("since")),
)


def add_first(user: Mapping[str, Any]) -> bool:
    """Add the address that an account is made with; False when another user has it."""
    row = {
        "id": new_id(),
        "user_id": user["id"],
        "email": user["email"],
        "email_key": user["email_key"],
        "verified_at": user["email_verified_at"],
        "primary": True,
        "added_at": user["created_at"],
    }
    return add_if_absent(emails, row)


def replace_primary(user_id: str, address: str) -> None:
    """Let a proven address take the place of the primary one, which goes."""
    values = _values(user_id, address)
    db.session.execute(DROP_PRIMARY, values)
    _promote(user_id, address)


def change_primary(user_id: str, address: str) -> None:
    """Make another address the primary one; the old one stays among the user's."""
    db.session.execute(DEMOTE, {"of_user": user_id})
    _promote(user_id, address)


def restore_primary(user_id: str, address: str, *, instead_of: str) -> None:
    """Make an earlier address the primary one again; the one in its place goes."""
    db.session.execute(DROP, _values(user_id, instead_of))
    change_primary(user_id, address)


def drop_recent(user_id: str, *, since: datetime) -> None:
    """Remove the further addresses that were proven since then, or never."""
    db.session.execute(DROP_RECENT, {"of_user": user_id, "since": since})


def address_keys_of(user_id: str) -> list[str]:
    """Return the unique forms of all that a user can sign in by."""
    return list(db.session.scalars(KEYS, {"of_user": user_id}))


def find_spelling(user_id: str, address: str) -> str | None:
    """Return an address of a user as it is stored, however it is typed; None if not."""
    if not is_line(address):
        return None
    values = {"of_user": user_id, "key": email_key(address)}
    return db.session.scalar(SPELLING, values)


def _promote(user_id: str, address: str) -> None:
    """Make an address the primary one, which the user may have or not."""
    values = _values(user_id, address) | {"now": utcnow()}
    if changed_one(PROMOTE, values):
        return
    row = UserEmail(
        user_id=user_id,
        email=address,
        email_key=email_key(address),
        verified_at=utcnow(),
        primary=True,
        added_at=utcnow(),
    )
    db.session.add(row)
    db.session.flush()


def _values(user_id: str, address: str) -> dict[str, Any]:
    """Return what names an address of a user to a statement."""
    return {"of_user": user_id, "address": address, "key": email_key(address)}
