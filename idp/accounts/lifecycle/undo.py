"""The way back from a deletion: by the mailed link, or after signing in again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import bindparam, delete, update

from idp.accounts import one_time_tokens
from idp.accounts.models import ScheduledDeletion, User, UserStatus
from idp.accounts.sign_in.by_mail.pressed_again import find_pressed, keep_pressed
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.security import audit

PURPOSE = "deletion_undo"

users, deletions = table_of(User), table_of(ScheduledDeletion)

KEEP = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status == UserStatus.DELETING)
    .values(status=UserStatus.ACTIVE)
)


@dataclass(frozen=True)
class Undoable:
    """A deletion that can still be undone, and the path of the page that does it."""

    user_id: str
    path: str
    erase_at: datetime


def offer_undo(user_id: str) -> Undoable | None:
    """Make a link that undoes a deletion; None when none is scheduled.

    The mailed link goes on to work: who knows the password cannot take it away.
    """
    scheduled = db.session.get(ScheduledDeletion, user_id)
    if scheduled is None:
        return None
    seconds = int((scheduled.erase_at - utcnow()).total_seconds())
    issued = one_time_tokens.issue(
        user_id, purpose=PURPOSE, seconds=max(seconds, 0), beside_others=True
    )
    query = urlencode({"token": issued.token})
    return Undoable(user_id, f"/account/deletion/undo?{query}", scheduled.erase_at)


def find_deletion(token: str) -> ScheduledDeletion | None:
    """Say which deletion a link would undo; looking changes nothing."""
    pending = one_time_tokens.find_pending(token, purpose=PURPOSE)
    return db.session.get(ScheduledDeletion, pending.user_id) if pending else None


def undo_deletion(token: str, *, by: Sequence[str]) -> bool:
    """Keep an account, once; False when the link is used or expired.

    One of ``by``, digests of what a browser holds, who has just kept it hears it again.
    Of the undo and the erasure, whichever changes the row in ``users`` first wins.
    Sessions and grants stay ended: the user signs in anew.
    """
    spent = one_time_tokens.spend(token, purpose=PURPOSE)
    if spent is None:
        return find_pressed(token, by=by) is not None
    if not changed_one(KEEP, {"user_id": spent.user_id}):
        return False
    ended = delete(deletions).where(deletions.c.user_id == spent.user_id)
    db.session.execute(ended)
    keep_pressed(token, user_id=spent.user_id, by=next(iter(by), None))
    audit.record("user.deleted", user_id=spent.user_id, stage="undone")
    return True
