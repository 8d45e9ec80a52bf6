"""Whether an address can be had: mail reaches it, no account has or awaits it."""

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, not_, or_, select

from idp.accounts.errors import EmailReserved, EmailTaken
from idp.accounts.models import EmailChange, ReservedAddress, UserEmail
from idp.accounts.names import email_key, email_problem
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.errors import FieldError
from idp.core.randomness import digest
from idp.core.text import is_line
from idp.mail.reach import can_carry

emails, changes = table_of(UserEmail), table_of(EmailChange)
reservations = table_of(ReservedAddress)

# By key: a further address that is unproven has none, and so reserves nothing.
OWNED = exists().where(emails.c.email_key == bindparam("key"))
OWNED_BY_ANOTHER = exists().where(
    emails.c.email_key == bindparam("key"), emails.c.user_id != bindparam("of_user")
)
# An account that has left the address may still come back to it.
CAN_BE_UNDONE_TO = exists().where(
    changes.c.old_email_key == bindparam("key"),
    changes.c.user_id != bindparam("of_user"),
    changes.c.undone_at.is_(None),
    changes.c.undo_until > bindparam("now"),
)
# It was an erased account's until lately.
RESERVED = exists().where(
    reservations.c.address_digest == bindparam("digest"),
    reservations.c.until > bindparam("now"),
)
# The later of the two, for who asks why; an address of somebody is taken, no more.
KEPT_UNTIL = select(
    select(reservations.c.until)
    .where(reservations.c.address_digest == bindparam("digest"))
    .scalar_subquery()
    .label("erased"),
    select(func.max(changes.c.undo_until))
    .where(changes.c.old_email_key == bindparam("key"), changes.c.undone_at.is_(None))
    .scalar_subquery()
    .label("left"),
).where(not_(OWNED))
IS_TAKEN = select(
    or_(OWNED_BY_ANOTHER, and_(not_(OWNED), or_(CAN_BE_UNDONE_TO, RESERVED)))
)


def address_problem(address: str) -> FieldError | None:
    """Say why an address can be no account's: it is none, or mail cannot reach it."""
    problem = email_problem(address)
    if problem is None and not can_carry(address):
        return FieldError("email", "needs_ascii")
    return problem


def is_taken(address: str, *, unless_by: str | None = None) -> bool:
    """Tell whether another than the user ``unless_by`` holds an address.

    One statement: a change of address frees the old one and reserves it in one
    transaction, so nobody finds it between the two.
    """
    if not is_line(address):
        return False
    values = {
        "key": email_key(address),
        "digest": _fingerprint(address),
        "of_user": unless_by or "",
        "now": utcnow(),
    }
    return bool(db.session.execute(IS_TAKEN, values).scalar_one())


def reserved_until(address: str) -> datetime | None:
    """Return until when an address that nobody has is kept from others."""
    values = {"key": email_key(address), "digest": _fingerprint(address)}
    row = db.session.execute(KEPT_UNTIL, values).one_or_none()
    until = max(filter(None, row or ()), default=None)
    return until if until and until > utcnow() else None


def taken_refusal(address: str, *, field: str = "email") -> EmailTaken:
    """Return why a taken address is: another has it, or had it until lately."""
    until = reserved_until(address)
    if until:
        return EmailReserved(until, field=field)
    return EmailTaken([FieldError(field, EmailTaken.code, word="email.email_taken")])


def reserve(address: str, *, until: datetime) -> None:
    """Keep an address from being taken; only its digest is kept."""
    row = ReservedAddress(address_digest=_fingerprint(address), until=until)
    db.session.merge(row)
    db.session.flush()


def _fingerprint(address: str) -> str:
    """Return the digest of the form in which an address is unique."""
    return digest(email_key(address))
