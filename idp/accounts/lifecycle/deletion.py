"""Ending an account: at once for everybody else, for good after fourteen days.

Until then signing in offers only the way back (deletion_undo). Then the row in
``users`` goes, with everything that belongs to it; what remains is the audit log, which
names nobody any more, and a digest that keeps the address from being taken for a month.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from idp.accounts.access.roles import spare_last_owner
from idp.accounts.addresses.availability import reserve
from idp.accounts.addresses.rows import address_keys_of
from idp.accounts.events import DeletionScheduled
from idp.accounts.lifecycle import undo as deletion_undo
from idp.accounts.lifecycle.personal_data import PersonalData, data_subject_of
from idp.accounts.lifecycle.status import shut_out
from idp.accounts.models import ScheduledDeletion, User, UserStatus
from idp.accounts.profile.usernames import keep_left_username
from idp.accounts.sessions.guard import RAISED
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, changed_one, db, table_of
from idp.core.events import publish
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

GRACE = timedelta(days=14)
ADDRESS_RESERVED_FOR = timedelta(days=30)
ERASED_AT_ONCE = 20

users, deletions = table_of(User), table_of(ScheduledDeletion)

LEAVE = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status == UserStatus.ACTIVE)
    .values(status=UserStatus.DELETING, **RAISED)
)
ERASE = delete(users).where(
    users.c.id == bindparam("user_id"),
    users.c.status.in_((UserStatus.DELETING, UserStatus.DISABLED)),
)


def schedule_deletion(
    user: User, *, credential: ReauthCredential, requester: Requester
) -> WrongPassword | None:
    """Take an account out of use now and have it erased later; once is enough.

    Sessions, tokens and grants end at once. An account that an admin has disabled stays
    so, and only an admin can keep it. ``credential`` is the requester's. Raises
    ReauthenticationRequired, RateLimited and LastOwner.
    """
    refused = reauthentication.check(user, credential, requester=requester)
    if refused:
        return refused
    with spare_last_owner():
        left = changed_one(LEAVE, {"user_id": user.id})
        if not (left or user.status == UserStatus.DISABLED) or not _schedule(user.id):
            return None
        publish(DeletionScheduled(user.id))
        shut_out(user.id)
    audit.record("user.deleted", user_id=user.id, stage="scheduled")
    if left:
        _notify_owner(user, requester=requester)
    return None


def find_erasure(user_id: str) -> datetime | None:
    """Return when an account will be erased; None when it stays."""
    return db.session.scalar(
        select(ScheduledDeletion.erase_at).where(ScheduledDeletion.user_id == user_id)
    )


def erase_due(limit: int = ERASED_AT_ONCE) -> int:
    """Erase the accounts whose time is over, each in its own transaction."""
    due = (
        select(ScheduledDeletion.user_id)
        .where(ScheduledDeletion.erase_at <= utcnow())
        .order_by(ScheduledDeletion.erase_at)
        .limit(limit)
    )
    erased = 0
    for user_id in db.session.scalars(due).all():
        erased += _erase(user_id)
        db.session.commit()
    return erased


def _schedule(user_id: str) -> bool:
    """Set the day of the erasure; False when it was set before."""
    now = utcnow()
    row = {"user_id": user_id, "requested_at": now, "erase_at": now + GRACE}
    return add_if_absent(deletions, row)


def _notify_owner(user: User, *, requester: Requester) -> None:
    """Mail the link that keeps the account."""
    offered = deletion_undo.offer_undo(user.id)
    if offered is None:
        return
    outbox.send(
        "account_deletion_scheduled",
        to=user.email,
        link=current(ServerSettings).issuer + offered.path,
        expires_at=offered.erase_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _erase(user_id: str) -> bool:
    """Erase one user; False when another worker was faster or the deletion was undone.

    Deleting the row in ``users`` is the guard, and takes all rows with it that belong
    to it by foreign key.
    """
    user = find_user(user_id)
    if user is None:
        return False
    subject = data_subject_of(user)
    held = {user.email, *address_keys_of(user_id)}
    username = user.username
    db.session.expunge(user)
    if not changed_one(ERASE, {"user_id": user_id}):
        return False
    current(PersonalData).erase(subject)
    for address in held:
        reserve(address, until=utcnow() + ADDRESS_RESERVED_FOR)
    if username:
        keep_left_username(username, owner_id=None)
    audit.record("user.deleted", user_id=user_id, stage="erased")
    return True
