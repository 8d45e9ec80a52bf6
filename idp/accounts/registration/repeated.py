"""A sign-up that is sent once more: its answer was lost, or the button pressed again.

It goes on as the first answer did, for the browser or program that signed up, with the
same address and password, for ten minutes.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from idp.accounts.models import PendingRegistration, User, UserStatus
from idp.accounts.names import email_key
from idp.accounts.registration.first_session import (
    CheckInbox,
    SignedUp,
    begin_first_session,
)
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.users import find_by_verified_address
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.hashing import passwords
from idp.core.randomness import digest, new_id

AGAIN = timedelta(minutes=10)

rows = table_of(PendingRegistration)

WAITING = select(
    rows.c.registration_digest, rows.c.created_at, rows.c.password_hash
).where(rows.c.email_key == bindparam("key"), rows.c.expires_at > bindparam("now"))

Waiting = Row[Any]


def sign_up_again(
    wanted: NewAccount, *, request: SessionRequest, registration: str
) -> SignedUp | CheckInbox | None:
    """Go on as the first answer did; None for who has not signed up so just now.

    The session of the first answer, which nobody got, ends.
    """
    wanted, by = wanted.trimmed(), digest(registration)
    user = find_by_verified_address(wanted.email)
    if user is None or not _is_own(user, wanted, by=by):
        waits = has_repeated(waiting(wanted.email), wanted, by=by)
        return CheckInbox() if waits else None
    if user.registration_session_id:
        end_session(user.registration_session_id)
    user.registration_session_id = new_id()
    db.session.flush()
    return begin_first_session(
        user,
        proof=Proof(Method.PASSWORD, utcnow()),
        request=request,
        session_id=user.registration_session_id,
    )


def waiting(address: str) -> list[Waiting]:
    """Return the sign-ups with an address that wait for its proof."""
    values = {"key": email_key(address), "now": utcnow()}
    return [*db.session.execute(WAITING, values)]


def has_repeated(found: list[Waiting], wanted: NewAccount, *, by: str) -> bool:
    """Tell whether one of these is the sign-up that ``by``, a digest, sends again."""
    return any(
        row.registration_digest == by
        and utcnow() - row.created_at <= AGAIN
        and _opens(row.password_hash, wanted)
        for row in found
    )


def _is_own(user: User, wanted: NewAccount, *, by: str) -> bool:
    """Tell whether this is the account that was just made so, and nothing since."""
    new = utcnow() - user.created_at <= AGAIN and user.status == UserStatus.ACTIVE
    own = new and user.registration_digest == by and not user.factors
    return own and _opens(user.password_hash, wanted)


def _opens(password_hash: str | None, wanted: NewAccount) -> bool:
    """Tell whether the password is the same; a passkey is made once."""
    if not (password_hash and wanted.password):
        return False
    return passwords().verify(password_hash, wanted.password)
