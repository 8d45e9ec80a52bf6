"""Whether an address can be had: no account has it, none waits to get it back."""

from datetime import datetime

from sqlalchemy import select

from idp.accounts.models import EmailChange, ReservedAddress
from idp.accounts.names import email_key
from idp.accounts.users import find_by_email
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest


def is_taken(address: str, *, unless_by: str | None = None) -> bool:
    """Tell whether somebody other than the user ``unless_by`` holds an address.

    Accounts are looked at first. A change of address frees the old one and reserves it
    in one transaction, so whoever saw no account sees the reservation.
    """
    owner = find_by_email(address)
    if owner is not None:
        return owner.id != unless_by
    return _can_be_undone_to(address, unless_by=unless_by) or _is_reserved(address)


def reserve(address: str, *, until: datetime) -> None:
    """Keep an address from being taken; only its digest is kept."""
    row = ReservedAddress(address_digest=_fingerprint(address), until=until)
    db.session.merge(row)
    db.session.flush()


def _can_be_undone_to(address: str, *, unless_by: str | None) -> bool:
    """Tell whether an account that left this address may still come back to it."""
    waiting = (
        select(EmailChange.user_id)
        .where(
            EmailChange.old_email_key == email_key(address),
            EmailChange.undone_at.is_(None),
            EmailChange.undo_until > utcnow(),
        )
        .distinct()
    )
    return any(user_id != unless_by for user_id in db.session.scalars(waiting).all())


def _is_reserved(address: str) -> bool:
    """Tell whether the address was an erased account's until lately."""
    row = db.session.get(ReservedAddress, _fingerprint(address))
    return row is not None and row.until > utcnow()


def _fingerprint(address: str) -> str:
    """Return the digest of the form in which an address is unique."""
    return digest(email_key(address))
