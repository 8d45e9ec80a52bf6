"""Sign in with a password. Every refusal looks and costs the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.leaked_passwords import ask_for_another, must_be_changed
from idp.accounts.models import User, UserEmail, UserStatus
from idp.accounts.names import email_key, username_key
from idp.accounts.policies.keys import PASSWORD as BY_PASSWORD
from idp.accounts.policies.ways import ways_of
from idp.accounts.sessions.find import USER_COLUMNS, SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in import known_devices, limits
from idp.accounts.sign_in import lock as account_lock
from idp.accounts.sign_in.completion import (
    SignedIn,
    complete_sign_in,
    record_signed_in,
)
from idp.accounts.sign_in.known_devices import DeviceMatch
from idp.accounts.sign_in.limits import AttemptStatus, LoginAttempt
from idp.accounts.sign_in.pending import USER_FIELDS, FactorRequired
from idp.accounts.sign_in.ways.allowed import AccountPending, allowed_ways
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.errors import RateLimited
from idp.core.hashing import passwords
from idp.core.text import is_line
from idp.security import audit

METHOD_NOT_ALLOWED = "method_not_allowed"
TOLD = (UserStatus.PENDING, UserStatus.DELETING)  # who knows the password

users, emails = table_of(User), table_of(UserEmail)

# All addresses by which the account is signed in to; none of them has a space.
ADDRESSES = (
    select(func.aggregate_strings(emails.c.email_key, " "))
    .where(emails.c.user_id == users.c.id)
    .scalar_subquery()
)
CREDENTIALS = select(*USER_COLUMNS, users.c.password_hash, ADDRESSES.label("addresses"))
BY_EMAIL = CREDENTIALS.where(
    users.c.id
    == select(emails.c.user_id)
    .where(emails.c.email_key == bindparam("key"))
    .scalar_subquery()
)
BY_USERNAME = CREDENTIALS.where(users.c.username_key == bindparam("key"))
REHASH = (
    update(users)
    .where(users.c.id == bindparam("of_user"))
    .where(users.c.password_hash == bindparam("old_hash"))
    .values(password_hash=bindparam("new_hash"))
)


@dataclass(frozen=True)
class Refused:
    """A wrong password, an unknown or a disabled account: it never says which.

    Only the right password is told that it is no way in for its user, and everybody
    where it is none for anybody (METHOD_NOT_ALLOWED): then ``ways`` are those that are.
    """

    code: str = "invalid_credentials"
    ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class PendingDeletion:
    """The right password of an account to be deleted: it opens only the undo."""

    user_id: str


PasswordJudged = (
    SignedIn | FactorRequired | PendingDeletion | AccountPending | Refused | RateLimited
)


@dataclass(frozen=True)
class _Attempt:
    """A password and the account it is for; all that is to be hashed is hashed.

    Made before the first write, so that nobody waits for a hash behind it.
    """

    found: Row[Any] | None
    fits: bool
    new_hash: str | None

    @classmethod
    def judge(cls, found: Row[Any] | None, password: str, *, spent: bool) -> "_Attempt":
        """Judge a password; unknown accounts cost one hash like known ones.

        Where the account's tries are ``spent`` the right one is wrong too.
        """
        old_hash = found.password_hash if found else None
        fits = passwords().verify(old_hash, password) and not spent
        if found is None or not fits or found.status != UserStatus.ACTIVE:
            return cls(found, fits, None)
        again = passwords().needs_rehash(found.password_hash)
        return cls(found, fits, passwords().hash(password) if again else None)


def sign_in_with_password(
    *,
    login: str,
    password: str,
    request: SessionRequest,
    client_id: str | None = None,
    goes_elsewhere: Callable[[SessionUser], bool] | None = None,
) -> PasswordJudged:
    """Judge a password attempt; ``login`` is an email address or a username.

    Unknown accounts cost one hash like known ones. RateLimited is returned: what the
    audit log says of it stays. Nothing is judged where policies, also those of the
    client that waits, allow nobody a password. Who ``goes_elsewhere`` is refused it as
    one whom policies allow none.
    """
    ways = allowed_ways(client_id)
    if BY_PASSWORD not in ways:
        return Refused(METHOD_NOT_ALLOWED, ways)
    found = _find_credentials(login)
    user_id = found.user_id if found else None
    device = known_devices.find_device(user_id, device_token=request.device_token)
    tried = LoginAttempt(login, user_id, device.id, request.requester)
    status = limits.count_attempt(tried)
    if status.wait_seconds:
        _record_limited(status)
        return RateLimited(status.wait_seconds)
    attempt = _Attempt.judge(found, password, spent=status.account_spent)
    if found is None or not attempt.fits or found.status != UserStatus.ACTIVE:
        return _refuse(attempt, status)
    user, ways = _user_in(found), _ways_of(found)
    if BY_PASSWORD not in ways or (goes_elsewhere and goes_elsewhere(user)):
        return _refuse_method(user, status, ways=ways)
    leaked = _is_to_be_changed(found, password)
    status.reset_attempts(found.username, *found.addresses.split(" "))
    user = replace(user, must_change_password=user.must_change_password or leaked)
    signed_in = _sign_in(user, request=request, device=device)
    _rehash_if_needed(attempt)
    if leaked:
        ask_for_another(user.user_id, attempt.new_hash or found.password_hash)
    return signed_in


def _sign_in(
    user: SessionUser, *, request: SessionRequest, device: DeviceMatch
) -> SignedIn | FactorRequired | Refused:
    """Sign a user in who gave the right password, if it is still the right one."""
    proofs = (Proof(Method.PASSWORD, utcnow()),)
    try:
        outcome = complete_sign_in(user, proofs=proofs, request=request, device=device)
    except NotSignedIn:
        audit.record("login.fail", outcome="refused", user_id=user.user_id)
        return Refused()
    if isinstance(outcome, SignedIn):
        record_signed_in(outcome, requester=request.requester)
    return outcome


def _refuse(
    attempt: _Attempt, status: AttemptStatus
) -> PendingDeletion | AccountPending | Refused:
    """Record a failed attempt, by its account if there is one."""
    found = attempt.found
    if found and attempt.fits and found.status in TOLD:
        status.give_back()
        audit.record("login.fail", outcome="refused", user_id=found.user_id)
        if found.status == UserStatus.PENDING:
            return AccountPending()
        return PendingDeletion(found.user_id)
    if status.account_spent:
        _record_limited(status)
        return Refused()
    user_id = found.user_id if found else None
    audit.record("login.fail", outcome="refused", user_id=user_id)
    return Refused()


def _refuse_method(
    user: SessionUser, status: AttemptStatus, *, ways: tuple[str, ...]
) -> Refused:
    """Refuse the right password of a user who has other ways alone."""
    status.give_back()
    audit.record(
        "login.fail", outcome="refused", user_id=user.user_id, method=BY_PASSWORD
    )
    return Refused(METHOD_NOT_ALLOWED, ways)


def _record_limited(status: AttemptStatus) -> None:
    """Record an attempt that was not judged, and tell an owner who is locked out."""
    user_id = status.attempt.user_id
    if status.locked and user_id:
        account_lock.notify_locked_out(user_id, requester=status.attempt.requester)
    audit.record("login.limited", outcome="refused", user_id=user_id)


def _find_credentials(login: str) -> Row[Any] | None:
    """Return what is needed to judge an attempt; any text may be asked for."""
    if not is_line(login):
        return None
    if "@" in login:
        found = db.session.execute(BY_EMAIL, {"key": email_key(login)})
    else:
        found = db.session.execute(BY_USERNAME, {"key": username_key(login)})
    return found.one_or_none()


def _ways_of(found: Row[Any]) -> tuple[str, ...]:
    """Return the ways that are open to the user of a row of CREDENTIALS."""
    return ways_of(found.user_id, found.roles, email=found.email)


def _user_in(found: Row[Any]) -> SessionUser:
    """Return the user of a row of CREDENTIALS."""
    return SessionUser(**{key: getattr(found, key) for key in USER_FIELDS})


def _is_to_be_changed(found: Row[Any], password: str) -> bool:
    """Tell whether the right password leaked elsewhere, and its user is to know."""
    if found.must_change_password:  # is asked for another one already
        return False
    return must_be_changed(password, roles=found.roles)


def _rehash_if_needed(attempt: _Attempt) -> None:
    """Store the new hash of a password when the parameters of hashing have changed."""
    if attempt.found and attempt.new_hash:
        old_hash, user_id = attempt.found.password_hash, attempt.found.user_id
        values = {"old_hash": old_hash, "new_hash": attempt.new_hash}
        db.session.execute(REHASH, {"of_user": user_id, **values})
