"""Staying with, or going back to, the old address of an account.

The link is not stored: its token is the id of the change and a MAC over it, so the two
notices of one change carry the same link, and a copy of the database has none.
"""

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import bindparam, update

from idp.accounts import one_time_tokens
from idp.accounts.addresses.rows import restore_primary
from idp.accounts.errors import EmailTaken
from idp.accounts.factors.restoration import undo_changes_since
from idp.accounts.models import EmailChange, User
from idp.accounts.names import email_key
from idp.accounts.sign_in.withdrawal import withdraw_access
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of, unless_taken
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.mail.messages import MessageName
from idp.security import audit
from idp.security.requester import Requester

MAC_PURPOSE = "email-undo"
UNDO_FOR = timedelta(hours=72)

users, changes = table_of(User), table_of(EmailChange)

UNDO = (
    update(changes)
    .where(changes.c.id == bindparam("change_id"))
    .where(changes.c.undone_at.is_(None), changes.c.undo_until > bindparam("now"))
    .values(undone_at=bindparam("now"))
)
UNDO_LATER_ONES = (
    update(changes)
    .where(changes.c.user_id == bindparam("of_user"), changes.c.undone_at.is_(None))
    .where(changes.c.requested_at >= bindparam("since"))
    .values(undone_at=bindparam("now"))
)
RESTORE = (
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .values(
        email=bindparam("old_address"),
        email_key=bindparam("old_key"),
        email_verified_at=bindparam("now"),
    )
)


def notify_old_address(
    user: User,
    change: EmailChange,
    *,
    notice: MessageName,
    requester: Requester,
) -> None:
    """Mail the old address what happens, with the link that undoes it.

    Not one that was never proven: it may be a stranger's, mistyped at sign-up.
    """
    if change.undo_until is None:
        return
    outbox.send(
        notice,
        to=change.old_email,
        link=_undo_link(change),
        expires_at=change.undo_until,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def tell_undoable(
    user: User, new_email: str, *, notice: MessageName, requester: Requester
) -> None:
    """Keep what became of another address of the user, and tell the primary one.

    It can undo that as it can a switch: the other address goes then.
    """
    now = utcnow()
    change = EmailChange(
        user_id=user.id,
        old_email=user.email,
        old_email_key=user.email_key,
        new_email=new_email,
        new_email_key=email_key(new_email),
        requested_at=now,
        confirmed_at=now,
        undo_until=now + UNDO_FOR,
    )
    db.session.add(change)
    db.session.flush()
    notify_old_address(user, change, notice=notice, requester=requester)


def find_undo(token: str) -> EmailChange | None:
    """Say what a link would undo; None when it is forged, used or expired."""
    change_id, _, mac = token.partition(".")
    if not current(Keyring).genuine(MAC_PURPOSE, change_id, presented=mac):
        return None
    change = db.session.get(EmailChange, change_id)
    if change is None or change.undone_at or change.undo_until is None:
        return None
    return change if change.undo_until > utcnow() else None


def undo(token: str) -> EmailChange | None:
    """Give the account its old address back, once; None as above.

    The changer is out: all sessions and grants end, the password they know opens
    nothing, what was mailed to the new address is void, and later changes are undone
    too, those of second factors among them. Their own links no longer work, so a thief
    cannot switch back.
    """
    change = find_undo(token)
    if change is None:
        return None
    hold_user(change.user_id)
    if not changed_one(UNDO, {"change_id": change.id, "now": utcnow()}):
        return None
    later = {"of_user": change.user_id, "since": change.requested_at, "now": utcnow()}
    db.session.execute(UNDO_LATER_ONES, later)
    _restore(change)
    one_time_tokens.withdraw_all(change.user_id)
    withdraw_access(change.user_id)
    undo_changes_since(change.user_id, change.requested_at)
    audit.record("email.changed", user_id=change.user_id, undone=True)
    return change


def _undo_link(change: EmailChange) -> str:
    """Return the link for the notices to the old address."""
    token = f"{change.id}.{current(Keyring).mac(MAC_PURPOSE, change.id)}"
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/email-change/undo?{query}"


def _restore(change: EmailChange) -> None:
    """Write the old address, which was reserved; its mailbox has just proven itself."""
    values = {
        "user_id": change.user_id,
        "old_address": change.old_email,
        "old_key": change.old_email_key,
        "now": utcnow(),
    }
    with unless_taken(EmailTaken):
        db.session.execute(RESTORE, values)
        restore_primary(change.user_id, change.old_email, instead_of=change.new_email)
