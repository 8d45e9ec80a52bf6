"""Whether an account may be used: an admin disables it, and enables it again."""

from sqlalchemy import bindparam, delete, update

from idp.accounts import one_time_tokens
from idp.accounts.access.roles import spare_last_owner
from idp.accounts.events import UserDeactivated, UserDisabled
from idp.accounts.models import ScheduledDeletion, User, UserStatus
from idp.accounts.sessions.end import end_all_sessions
from idp.accounts.sessions.guard import RAISED
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.events import publish
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

users, deletions = table_of(User), table_of(ScheduledDeletion)

OUT_OF_USE = (UserStatus.DISABLED, UserStatus.DELETING)
DISABLE = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status != UserStatus.DISABLED)
    .values(status=UserStatus.DISABLED, **RAISED)
)
ENABLE = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status.in_(OUT_OF_USE))
    .values(status=UserStatus.ACTIVE)
)
KEEP = delete(deletions).where(deletions.c.user_id == bindparam("of_user"))


def disable(user: User, *, by: str, requester: Requester, notify: bool = True) -> bool:
    """Take an account out of use until ``enable``; False when it was before.

    Sessions, tokens and grants end at once. Raises LastOwner. The owner is mailed,
    unless they hear of it where it was decided.
    """
    with spare_last_owner():
        changed = changed_one(DISABLE, {"user_id": user.id})
        publish(UserDisabled(user.id, by))
        if not changed:
            return False
        shut_out(user.id)
    db.session.expire(user)
    audit.record("user.locked", user_id=user.id, by=by)
    if notify:
        _notify_owner(user, requester=requester)
    return True


def enable(user: User, *, by: str) -> bool:
    """Let an account be used again, also one that was to be erased.

    False when it was in use. Sessions and grants stay ended: the user signs in anew.
    """
    if not changed_one(ENABLE, {"user_id": user.id}):
        return False
    kept = changed_one(KEEP, {"of_user": user.id})
    db.session.expire(user)
    if kept:
        audit.record("user.deleted", user_id=user.id, by=by, stage="undone")
    else:
        audit.record("user.locked", user_id=user.id, by=by, lifted=True)
    return True


def shut_out(user_id: str) -> None:
    """End what a user has open: mailed links, sessions, what hangs on them."""
    one_time_tokens.withdraw_all(user_id)
    end_all_sessions(user_id)
    publish(UserDeactivated(user_id))


def _notify_owner(user: User, *, requester: Requester) -> None:
    """Mail the owner, whom the sign-in page will not tell why it refuses."""
    outbox.send(
        "account_disabled",
        to=user.email,
        link=current(ServerSettings).issuer,
        display_name=user.name,
        locales=(user.locale, requester.language),
    )
