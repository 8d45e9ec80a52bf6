"""Proving once more who one is, before what would hurt most in other hands.

A proof holds for ten minutes. Whoever has no fresh one gives the password, in the
same request or on a page of its own (security.md §5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from idp.accounts.models import User
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import Started, start_session
from idp.accounts.sign_in.password import PASSWORD
from idp.core.clock import utcnow
from idp.core.errors import IdpError
from idp.core.hashing import passwords
from idp.security import audit
from idp.security.caller import caller
from idp.security.ratelimit import budgets as ratelimit
from idp.security.ratelimit.budgets import Budget, network_of

FRESH = timedelta(minutes=10)


class ReauthenticationRequired(IdpError):
    """The last proof of identity is too old for this."""

    code = "reauthentication_required"
    status = HTTPStatus.FORBIDDEN
    title = "Confirm that it’s you first."


@dataclass(frozen=True)
class Proof:
    """What a caller has to show: the time of the last proof, a password if given."""

    auth_time: datetime
    password: str | None = None


@dataclass(frozen=True)
class WrongPassword:
    """The password given as a proof does not fit."""

    code: str = "wrong_password"


def is_fresh(auth_time: datetime) -> bool:
    """Tell whether a proof of identity is at most ten minutes old."""
    return utcnow() - auth_time <= FRESH


def check(user: User, proof: Proof) -> WrongPassword | None:
    """Return None when the caller has proven who they are.

    Raises ReauthenticationRequired without a password and without a fresh proof, and
    RateLimited. A password that is given has to fit, however fresh the proof.
    """
    if proof.password is not None:
        return None if fits(user, proof.password) else WrongPassword()
    if not is_fresh(proof.auth_time):
        raise ReauthenticationRequired
    return None


def confirm(user: User, live: LiveSession, *, password: str) -> Started | WrongPassword:
    """Renew a session by its password: a new cookie token, and ten minutes' trust."""
    if not fits(user, password):
        return WrongPassword()
    amr = sorted({*live.amr, PASSWORD})
    started = start_session(user.id, amr=amr, remember=live.remember, replaces=live)
    audit.record("login.ok", user_id=user.id, session_id=started.session_id, again=True)
    return started


def fits(user: User, password: str) -> bool:
    """Tell whether a password is the user's; wrong ones are counted and noted.

    Raises RateLimited: a session that was left open is no place to guess from.
    """
    budget = Budget.named("login_account_ip")
    key = (user.id, network_of(caller().ip))
    ratelimit.check(budget, *key)
    if passwords().verify(user.password_hash, password):
        return True
    ratelimit.count(budget, *key)
    audit.record("login.fail", outcome="refused", user_id=user.id, again=True)
    return False
