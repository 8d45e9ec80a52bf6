"""Proving a further address by the link or the code that was mailed to it.

The purpose of its tokens is the id of its row, so that what is mailed to several
addresses of a user does not void one another. A link names both, with a dot between.
"""

from urllib.parse import urlencode

from sqlalchemy import bindparam, select, update

from idp.accounts import one_time_tokens
from idp.accounts.addresses.availability import is_taken
from idp.accounts.email import verification as email_verification
from idp.accounts.email.undo import tell_undoable
from idp.accounts.errors import EmailTaken
from idp.accounts.events import AddressProven
from idp.accounts.models import User, UserEmail
from idp.accounts.names import canonical_email, email_key
from idp.accounts.one_time_tokens import SpentToken
from idp.accounts.settings import AccountsSettings
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of, unless_taken
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.core.settings.server import ServerSettings
from idp.core.text import is_line
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

DAY_SECONDS = 24 * 3600

emails = table_of(UserEmail)

PROVE = (
    update(emails)
    .where(emails.c.id == bindparam("address_id"), emails.c.email_key.is_(None))
    .values(email_key=bindparam("key"), verified_at=bindparam("now"))
)


def send_proof(user: User, row: UserEmail, *, requester: Requester) -> None:
    """Mail a link and a code; if another holds the address, tell the owner instead."""
    issued = one_time_tokens.issue(
        user.id,
        purpose=row.id,
        seconds=min(current(AccountsSettings).verification_link_seconds, DAY_SECONDS),
    )
    if is_taken(row.email, unless_by=user.id):
        email_verification.notify_owner_of(row.email, requester=requester)
        return
    query = urlencode({"token": f"{row.id}.{issued.token}"})
    outbox.send(
        "address_confirm",
        to=row.email,
        link=f"{current(ServerSettings).issuer}/account/emails/confirm?{query}",
        code=issued.code,
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def find_link(token: str) -> UserEmail | None:
    """Say which address a mailed link would confirm; None when it is over."""
    address_id, _, secret = token.partition(".")
    row = _find_unproven(address_id)
    if row is None or not one_time_tokens.find_pending(secret, purpose=row.id):
        return None
    return row


def confirm_by_link(token: str, *, requester: Requester) -> UserEmail | None:
    """Let an address count, by the link in its mailbox; None when that is over.

    Raises EmailTaken when another account has got the address meanwhile.
    """
    address_id, _, secret = token.partition(".")
    row = _find_unproven(address_id)
    if row is None:
        return None
    spent = one_time_tokens.spend(secret, purpose=row.id)
    return _confirm(row, spent, requester=requester)


def confirm_by_code(
    user_id: str, address_id: str, *, code: str, requester: Requester
) -> UserEmail | None:
    """Let an address count, by the code in its mailbox; None when that is wrong."""
    row = _find_unproven(address_id)
    if row is None or row.user_id != user_id:
        return None
    spent = one_time_tokens.spend_code(user_id, code, purpose=row.id)
    return _confirm(row, spent, requester=requester)


def confirm_by_address(
    address: str, code: str, *, requester: Requester
) -> UserEmail | None:
    """Do the same for whoever waits for an address; None when nobody does."""
    if not is_line(address):
        return None
    waiting = select(UserEmail.user_id, UserEmail.id).where(
        UserEmail.email == canonical_email(address), UserEmail.email_key.is_(None)
    )
    for user_id, address_id in db.session.execute(waiting).all():
        proven = confirm_by_code(user_id, address_id, code=code, requester=requester)
        if proven:
            return proven
    return None


def _find_unproven(address_id: str) -> UserEmail | None:
    """Return a row that waits for its proof; its tokens say for how long."""
    row = db.session.get(UserEmail, address_id) if is_line(address_id) else None
    return row if row is not None and row.email_key is None else None


def _confirm(
    row: UserEmail, spent: SpentToken | None, *, requester: Requester
) -> UserEmail | None:
    """Let the address of a spent token sign in; the primary one is told.

    The link of that mail gives the account back to who had it before.
    """
    if spent is None:
        return None
    if is_taken(row.email, unless_by=spent.user_id):
        raise _email_taken()
    values = {"address_id": row.id, "key": email_key(row.email), "now": utcnow()}
    with unless_taken(_email_taken):
        if not changed_one(PROVE, values):
            return None
    db.session.refresh(row)
    audit.record("email.address.added", user_id=row.user_id, address_id=row.id)
    publish(AddressProven(row.user_id, row.email))
    user = get_user(row.user_id)
    tell_undoable(user, row.email, notice="address_added", requester=requester)
    return row


def _email_taken() -> EmailTaken:
    """Return the refusal, as an error of its field."""
    return EmailTaken([FieldError("email", EmailTaken.code)])
