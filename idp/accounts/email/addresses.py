"""The further addresses of a user: see, add and remove them.

Each is proven by its mailbox before it counts (``address_proof``); then it signs in and
resets the password as the primary one does, which alone is told to apps and mailed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import delete, or_, select, update

from idp.accounts import one_time_tokens
from idp.accounts.addresses.availability import address_problem, is_taken, taken_refusal
from idp.accounts.email.address_proof import send_proof
from idp.accounts.errors import InvalidInput
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.mail_limits import count_mail
from idp.accounts.models import User, UserEmail
from idp.accounts.names import canonical_email, email_key
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.reauthentication import ReauthCredential, WrongPassword
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, changed_one, db, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

MOST = 10
UNPROVEN_FOR = timedelta(hours=24)

emails = table_of(UserEmail)


class NoSuchAddress(IdpError):
    """An address that was removed or has run out, or another user's."""

    code = "no_such_address"
    status = HTTPStatus.NOT_FOUND
    title = "This address is not there any more."


class TooManyAddresses(IdpError):
    """One more address than an account may have."""

    code = "too_many_addresses"
    status = HTTPStatus.CONFLICT
    title = "You have as many addresses as there can be. Remove one first."


class IsPrimary(IdpError):
    """The primary address, which every account has."""

    code = "primary_address"
    status = HTTPStatus.CONFLICT
    title = "This is your primary address. Make another one primary first."


def list_addresses(user_id: str) -> Sequence[UserEmail]:
    """Return a user's addresses: the primary one, then the further ones by age."""
    standing = select(UserEmail).where(
        UserEmail.user_id == user_id,
        or_(UserEmail.email_key.is_not(None), UserEmail.added_at > _oldest_unproven()),
    )
    return db.session.scalars(
        standing.order_by(UserEmail.primary.desc(), UserEmail.added_at, UserEmail.id)
    ).all()


def get_address(user_id: str, address_id: str) -> UserEmail:
    """Return one of a user's own addresses; raises NoSuchAddress."""
    for address in list_addresses(user_id):
        if address.id == address_id:
            return address
    raise NoSuchAddress


def add_address(
    user: User, email: str, *, credential: ReauthCredential, requester: Requester
) -> UserEmail | WrongPassword:
    """Keep a further address for a day, and mail it the proof that makes it count.

    One that waits already is mailed anew. Raises InvalidInput, EmailNotVerified,
    ReauthenticationRequired, RateLimited, TooManyAddresses, and EmailTaken where
    account privacy is ``open``; else the owner of a taken address is told.
    """
    address = canonical_email(email)
    _refuse_unusable(address)
    refused = reauthentication.check(user, credential, requester=requester)
    if refused:
        return refused
    if current(AccountsSettings).account_privacy == "open":
        _refuse_taken(user, address)
    count_mail(address, requester=requester)
    begin_writing()
    hold_user(user.id)
    row = _row_for(user, address)
    audit.record("email.address.requested", user_id=user.id, address_id=row.id)
    send_proof(user, row, requester=requester)
    return row


def send_again(user: User, address_id: str, *, requester: Requester) -> None:
    """Mail the proof anew, good for a day from now.

    Raises NoSuchAddress, also for a proven one, and RateLimited.
    """
    row = get_address(user.id, address_id)
    if row.email_key is not None:
        raise NoSuchAddress
    count_mail(row.email, requester=requester)
    renewed = update(emails).where(emails.c.id == row.id, emails.c.email_key.is_(None))
    if not changed_one(renewed.values(added_at=utcnow()), {}):
        raise NoSuchAddress
    send_proof(user, row, requester=requester)


def remove_address(user: User, address_id: str, *, requester: Requester) -> None:
    """Remove a further address; it and the primary one are mailed, if it was proven.

    What was mailed to it opens nothing any more. Raises NoSuchAddress and IsPrimary.
    """
    begin_writing()
    hold_user(user.id)
    db.session.refresh(user)
    row = get_address(user.id, address_id)
    if row.primary:
        raise IsPrimary
    email, proven = row.email, row.email_key is not None
    db.session.expunge(row)
    gone = delete(emails).where(emails.c.id == address_id, ~emails.c.primary)
    if not changed_one(gone, {}):
        raise NoSuchAddress
    one_time_tokens.withdraw(user.id, purpose=address_id)
    if proven:
        audit.record("email.address.removed", user_id=user.id, address_id=address_id)
        for recipient in (user.email, email):
            _notify_of_removal(user, recipient, requester=requester)


def _row_for(user: User, address: str) -> UserEmail:
    """Return the row that waits for its proof, which may be there already."""
    if user.email_verified_at is None:
        raise EmailNotVerified
    known = list_addresses(user.id)
    key = email_key(address)
    same = [each for each in known if email_key(each.email) == key]
    if any(each.email_key for each in same):
        raise InvalidInput([FieldError("email", "unchanged")])
    if same:
        same[0].added_at = utcnow()
        db.session.flush()
        return same[0]
    if len(known) >= MOST:
        raise TooManyAddresses
    row = UserEmail(user_id=user.id, email=address, primary=False)
    db.session.add(row)
    db.session.flush()
    return row


def _refuse_unusable(address: str) -> None:
    """Raise InvalidInput for what mail cannot reach."""
    problem = address_problem(address)
    if problem:
        raise InvalidInput([problem])


def _refuse_taken(user: User, address: str) -> None:
    """Raise EmailTaken for another's address."""
    if is_taken(address, unless_by=user.id):
        raise taken_refusal(address)


def _notify_of_removal(user: User, recipient: str, *, requester: Requester) -> None:
    """Mail one of the two addresses that the account has one less."""
    outbox.send(
        "address_removed",
        to=recipient,
        link=f"{current(ServerSettings).issuer}/account/emails",
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _oldest_unproven() -> datetime:
    """Return since when an address may wait for its proof."""
    return utcnow() - UNPROVEN_FOR
