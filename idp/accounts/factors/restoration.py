"""Putting a user's factors back to what they were before another changed them."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from idp.accounts.factors import recovery_codes, totp
from idp.accounts.factors.passkeys import removal as passkeys
from idp.accounts.models import FactorChange
from idp.accounts.sessions.proofs import Method
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.security import audit

# Each puts the factors of its kind back; it returns which the user has then.
RESTORERS: tuple[Callable[[str, datetime], set[str]], ...] = (
    totp.restore,
    passkeys.restore,
)
# What the audit log says, by whether the factor had been added.
UNDONE = {
    (Method.TOTP, True): "totp.removed",
    (Method.TOTP, False): "totp.added",
    (Method.PASSKEY, True): "passkey.removed",
    (Method.PASSKEY, False): "passkey.added",
}

changes = table_of(FactorChange)

OPEN = (
    changes.c.user_id == bindparam("of_user"),
    changes.c.undone_at.is_(None),
    changes.c.changed_at >= bindparam("since"),
)
FIRST = select(func.min(changes.c.changed_at)).where(
    *OPEN, changes.c.undo_until > bindparam("now")
)
UNDO = (
    update(changes)
    .where(changes.c.id == bindparam("change_id"))
    .where(changes.c.undone_at.is_(None), changes.c.undo_until > bindparam("now"))
    .values(undone_at=bindparam("now"))
)
UNDO_FROM = (
    update(changes)
    .where(*OPEN)
    .values(undone_at=bindparam("now"))
    .returning(changes.c.method, changes.c.added)
)


def take_change(change: FactorChange) -> bool:
    """Mark a change as undone, once; ``restore_before`` its moment is to follow."""
    if not changed_one(UNDO, {"change_id": change.id, "now": utcnow()}):
        return False
    _record(change.user_id, change.method, added=change.added)
    return True


def undo_changes_since(user_id: str, since: datetime) -> None:
    """Undo what a link could undo of all that was changed since a moment."""
    values = {"of_user": user_id, "since": since, "now": utcnow()}
    first: datetime | None = db.session.execute(FIRST, values).scalar_one()
    if first:
        restore_before(user_id, first)


def restore_before(user_id: str, moment: datetime) -> None:
    """Put a user's factors back to what they were; later changes are undone too.

    Their own links work no more. Recovery codes may be known to who made them, so they
    are void. The caller holds the user.
    """
    values = {"of_user": user_id, "since": moment, "now": utcnow()}
    for method, added in db.session.execute(UNDO_FROM, values).all():
        _record(user_id, method, added=added)
    held: set[str] = set().union(*(restore(user_id, moment) for restore in RESTORERS))
    get_user(user_id).factors = sorted(held)
    recovery_codes.withdraw(user_id)
    db.session.flush()


def _record(user_id: str, method: str, *, added: bool) -> None:
    """Say in the audit log that a change was undone."""
    audit.record(UNDONE[Method(method), added], user_id=user_id, undone=True)
