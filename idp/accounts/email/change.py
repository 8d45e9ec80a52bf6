"""Switching an account to another address.

The new address confirms by a mailed link or code; only then the account switches. The
old one is told at once and again at the switch, and can stop or undo it (email_undo).
"""

from dataclasses import replace
from urllib.parse import urlencode

from sqlalchemy import bindparam, select, update

from idp.accounts import one_time_tokens
from idp.accounts.addresses.availability import address_problem, is_taken, taken_refusal
from idp.accounts.addresses.rows import replace_primary
from idp.accounts.email import verification as email_verification
from idp.accounts.email.undo import UNDO_FOR, notify_old_address
from idp.accounts.errors import EmailTaken, InvalidInput
from idp.accounts.events import AddressProven
from idp.accounts.mail_limits import count_mail
from idp.accounts.models import EmailChange, User, UserStatus
from idp.accounts.names import canonical_email, email_key
from idp.accounts.one_time_tokens import SpentToken
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of, unless_taken
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

PURPOSE = "email_change"

users, changes = table_of(User), table_of(EmailChange)

CONFIRM = (
    update(changes)
    .where(changes.c.id == bindparam("change_id"))
    .where(changes.c.confirmed_at.is_(None), changes.c.undone_at.is_(None))
    .values(confirmed_at=bindparam("now"), undo_until=bindparam("until"))
)
SWITCH = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.status == UserStatus.ACTIVE)
    .values(
        email=bindparam("new_address"),
        email_key=bindparam("new_key"),
        email_verified_at=bindparam("now"),
    )
)


def request_change(
    user: User,
    *,
    new_email: str,
    credential: ReauthCredential,
    requester: Requester,
) -> EmailChange | WrongPassword:
    """Begin a switch: mail the new address, tell the old one if it was ever proven.

    An earlier change that is still pending ends. Raises InvalidInput,
    ReauthenticationRequired, RateLimited, and EmailTaken where account privacy is
    ``open``; where it is ``private`` the owner of a taken address is told instead.
    """
    address = canonical_email(new_email)
    _refuse_unusable(user, address)
    refused = reauthentication.check(user, credential, requester=requester)
    if refused:
        return refused
    _refuse_taken(user, address)
    count_mail(address, requester=requester)
    cancel(user.id)
    change = EmailChange(
        user_id=user.id,
        old_email=user.email,
        old_email_key=user.email_key,
        new_email=address,
        new_email_key=email_key(address),
        undo_until=utcnow() + UNDO_FOR if user.email_verified_at else None,
    )
    db.session.add(change)
    db.session.flush()
    audit.record("email.change.requested", user_id=user.id)
    _ask_new_address(user, change, requester=requester)
    notify_old_address(user, change, notice="email_change_notice", requester=requester)
    return change


def find_pending_change(user_id: str) -> EmailChange | None:
    """Return the change that waits for the new address to confirm."""
    pending = one_time_tokens.find_newest(user_id, purpose=PURPOSE)
    return db.session.get(EmailChange, pending.data["change"]) if pending else None


def resend(user: User, *, requester: Requester) -> bool:
    """Mail the new address again; False when nothing is pending. Raises RateLimited."""
    change = find_pending_change(user.id)
    if change is None:
        return False
    count_mail(change.new_email, requester=requester)
    _ask_new_address(user, change, requester=requester)
    return True


def cancel(user_id: str) -> None:
    """End a change that nobody has confirmed yet."""
    one_time_tokens.withdraw(user_id, purpose=PURPOSE)
    unconfirmed = update(changes).where(
        changes.c.user_id == user_id,
        changes.c.confirmed_at.is_(None),
        changes.c.undone_at.is_(None),
    )
    db.session.execute(unconfirmed.values(undone_at=utcnow()))


def find_link(token: str) -> EmailChange | None:
    """Say what a mailed link would switch to; None when it is used or expired."""
    pending = one_time_tokens.find_pending(token, purpose=PURPOSE)
    return db.session.get(EmailChange, pending.data["change"]) if pending else None


def confirm_by_link(token: str, *, requester: Requester) -> EmailChange | None:
    """Switch, by the link in the new mailbox; None when it is used or expired.

    Raises EmailTaken when another account has got the address meanwhile.
    """
    spent = one_time_tokens.spend(token, purpose=PURPOSE)
    return _confirm(spent, requester=requester)


def confirm_by_code(
    user_id: str, code: str, *, requester: Requester
) -> EmailChange | None:
    """Switch, by the code in the new mailbox; None when it is wrong or expired."""
    spent = one_time_tokens.spend_code(user_id, code, purpose=PURPOSE)
    return _confirm(spent, requester=requester)


def confirm_by_address(
    address: str, code: str, *, requester: Requester
) -> EmailChange | None:
    """Switch, by the new address and the code in its mailbox.

    None when no change waits for it.
    """
    waiting = select(changes.c.user_id).where(
        changes.c.new_email_key == email_key(address),
        changes.c.confirmed_at.is_(None),
        changes.c.undone_at.is_(None),
    )
    for user_id in db.session.scalars(waiting).all():
        changed = confirm_by_code(user_id, code, requester=requester)
        if changed:
            return changed
    return None


def _refuse_unusable(user: User, address: str) -> None:
    """Raise InvalidInput for what is no address, or is the account's already."""
    problem = address_problem(address)
    if problem:
        raise InvalidInput([replace(problem, field="new_email")])
    if email_key(address) == user.email_key:
        raise InvalidInput([FieldError("new_email", "unchanged")])


def _refuse_taken(user: User, address: str) -> None:
    """Raise EmailTaken for another's address, where that may be told."""
    told = current(AccountsSettings).account_privacy == "open"
    if told and is_taken(address, unless_by=user.id):
        raise taken_refusal(address, field="new_email")


def _email_taken() -> EmailTaken:
    """Return the refusal, as an error of its field."""
    return EmailTaken(
        [FieldError("new_email", EmailTaken.code, word="email.email_taken")]
    )


def _confirm(spent: SpentToken | None, *, requester: Requester) -> EmailChange | None:
    """Make the new address the account's.

    What was mailed to the old one before is void: it proves nothing any more.
    """
    if spent is None:
        return None
    change = db.session.get_one(EmailChange, spent.data["change"])
    if not _mark_confirmed(change) or not _switch(change):
        return None
    one_time_tokens.withdraw_all(change.user_id)
    audit.record("email.changed", user_id=change.user_id)
    publish(AddressProven(change.user_id, change.new_email))
    db.session.refresh(change)
    user = db.session.get_one(User, change.user_id)
    notify_old_address(user, change, notice="email_changed", requester=requester)
    return change


def _mark_confirmed(change: EmailChange) -> bool:
    """Record the confirmation, once; the time to undo it begins anew."""
    now = utcnow()
    until = now + UNDO_FOR if change.undo_until else None
    values = {"change_id": change.id, "now": now, "until": until}
    return changed_one(CONFIRM, values)


def _switch(change: EmailChange) -> bool:
    """Write the new address; False when the account is no longer active."""
    if is_taken(change.new_email, unless_by=change.user_id):
        raise _email_taken()
    values = {"user_id": change.user_id, "now": utcnow()}
    address = {
        "new_address": change.new_email,
        "new_key": change.new_email_key,
    }
    with unless_taken(_email_taken):
        switched = changed_one(SWITCH, values | address)
        if switched:
            replace_primary(change.user_id, change.new_email)
        return switched


def _ask_new_address(user: User, change: EmailChange, *, requester: Requester) -> None:
    """Mail the proof; if another holds the address, tell the owner, as sign-up does."""
    issued = one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=current(AccountsSettings).verification_link_seconds,
        data={"change": change.id},
    )
    if is_taken(change.new_email, unless_by=user.id):
        email_verification.notify_owner_of(change.new_email, requester=requester)
        return
    query = urlencode({"token": issued.token})
    outbox.send(
        "email_change_confirm",
        to=change.new_email,
        link=f"{current(ServerSettings).issuer}/email-change?{query}",
        code=issued.code,
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
