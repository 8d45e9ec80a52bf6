"""Sign in with a password. Every refusal looks and costs the same."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from idp.accounts.email import verification as email_verification
from idp.accounts.lifecycle import undo as deletion_undo
from idp.accounts.models import User, UserStatus
from idp.accounts.names import email_key, username_key
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import Started, start_session
from idp.accounts.sign_in import known_devices
from idp.accounts.sign_in import limits as sign_in_limits
from idp.accounts.sign_in import lock as account_lock
from idp.accounts.sign_in.limits import TooManyTries, Tries
from idp.core.db import db, table_of
from idp.core.hashing import passwords
from idp.core.text import is_line
from idp.security import audit

PASSWORD = "pwd"  # noqa: S105 - the method's name in RFC 8176 §2

users = table_of(User)

CREDENTIALS = select(
    users.c.id,
    users.c.password_hash,
    users.c.status,
    users.c.must_change_password,
    users.c.email_verified_at.is_not(None).label("email_verified"),
)
BY_EMAIL = CREDENTIALS.where(users.c.email_key == bindparam("key"))
BY_USERNAME = CREDENTIALS.where(users.c.username_key == bindparam("key"))
REHASH = (
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .where(users.c.password_hash == bindparam("old_hash"))
    .values(password_hash=bindparam("new_hash"))
)


@dataclass(frozen=True)
class SignedIn:
    """A session has begun; the two flags say what is to be done first (``stages``)."""

    started: Started
    email_verified: bool
    must_change_password: bool


@dataclass(frozen=True)
class Refused:
    """A wrong password, an unknown or a disabled account: it never says which."""

    code: str = "invalid_credentials"


@dataclass(frozen=True)
class Leaving:
    """The right password of an account that is to be deleted: it opens only the undo.

    ``undo_path`` is the page that keeps the account.
    """

    undo_path: str


def sign_in_with_password(
    *, login: str, password: str, remember: bool, replaces: LiveSession | None = None
) -> SignedIn | Leaving | Refused | TooManyTries:
    """Judge a password attempt; ``login`` is an email address or a username.

    Unknown accounts cost one hash like known ones. The hashes come before the first
    write, so that nobody waits for them. A caller commits every outcome.
    """
    found = _find_credentials(login)
    user_id = found.id if found else None
    known = known_devices.find_known(user_id)
    standing = sign_in_limits.look(login, device_id=known.id if known else None)
    if standing.wait_seconds:
        if standing.locked and found:
            account_lock.tell_owner_once(found.id)
        audit.record("login.limited", outcome="refused", user_id=user_id)
        return TooManyTries(standing.wait_seconds)
    fits = passwords().verify(found.password_hash if found else None, password)
    if found is None or not fits or found.status != UserStatus.ACTIVE:
        return _refuse(found if fits else None, user_id, tries=standing.tries)
    standing.forgive()
    _strengthen(found, password)
    known_devices.welcome(found.id, known)
    started = start_session(
        found.id, amr=[PASSWORD], remember=remember, replaces=replaces
    )
    if not found.email_verified:
        email_verification.send_if_none_pending(found.id)
    audit.record("login.ok", user_id=found.id, session_id=started.session_id)
    return SignedIn(started, found.email_verified, found.must_change_password)


def _refuse(
    owner: Row[Any] | None, user_id: str | None, *, tries: Tries
) -> Leaving | Refused:
    """Count and note a failed attempt, by ``user_id`` if there is such an account.

    ``owner`` is the account whose password was right, although it opens nothing.
    """
    leaving = owner is not None and owner.status == UserStatus.DELETING
    if not leaving:
        tries.count()
    audit.record("login.fail", outcome="refused", user_id=user_id)
    undo = deletion_undo.offer_undo(owner.id) if owner and leaving else None
    return Leaving(undo.path) if undo else Refused()


def _find_credentials(login: str) -> Row[Any] | None:
    """Return what is needed to judge an attempt; any text may be asked for."""
    if not is_line(login):
        return None
    if "@" in login:
        found = db.session.execute(BY_EMAIL, {"key": email_key(login)})
    else:
        found = db.session.execute(BY_USERNAME, {"key": username_key(login)})
    return found.one_or_none()


def _strengthen(found: Row[Any], password: str) -> None:
    """Hash a password anew when the parameters of hashing have changed."""
    if passwords().needs_rehash(found.password_hash):
        new_hash = passwords().hash(password)
        values = {"old_hash": found.password_hash, "new_hash": new_hash}
        db.session.execute(REHASH, {"user_id": found.id, **values})
