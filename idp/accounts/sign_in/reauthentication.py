"""Proving once more who one is, before what would hurt most in other hands.

A proof holds for ten minutes. A user without a fresh one gives the password, in the
same request or on a page of its own (security.md §5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from idp.accounts.models import User
from idp.accounts.sessions.find import LiveSession, SessionUser
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.sign_in.completion import SignedIn
from idp.core.clock import utcnow
from idp.core.errors import IdpError
from idp.core.hashing import passwords
from idp.security import audit
from idp.security.ratelimit.budgets import LOGIN_ACCOUNT_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

FRESH = timedelta(minutes=10)


class ReauthenticationRequired(IdpError):
    """The last proof of identity is too old for this."""

    code = "reauthentication_required"
    status = HTTPStatus.FORBIDDEN
    title = "Confirm that it’s you first."


@dataclass(frozen=True)
class ReauthCredential:
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


def check(
    user: User, credential: ReauthCredential, *, requester: Requester
) -> WrongPassword | None:
    """Return None when the caller has proven who they are.

    Raises ReauthenticationRequired without a password and without a fresh proof, and
    RateLimited. A password that is given has to fit, however fresh the proof.
    """
    if credential.password is not None:
        right = verify_password(user, credential.password, requester=requester)
        return None if right else WrongPassword()
    if not is_fresh(credential.auth_time):
        raise ReauthenticationRequired
    return None


def confirm(
    user: User, live: LiveSession, *, password: str, requester: Requester
) -> SignedIn | WrongPassword:
    """Renew a session by its password: a new cookie token, and ten minutes' trust."""
    if not verify_password(user, password, requester=requester):
        return WrongPassword()
    request = SessionRequest(requester, replaces=live, remember=live.remember)
    proofs = with_proof(live.proven, Proof(Method.PASSWORD, utcnow()))
    session = start_session(SessionUser.of(user), proofs=proofs, request=request)
    audit.record("login.ok", user_id=user.id, session_id=session.id, again=True)
    return SignedIn(session)


def verify_password(user: User, password: str, *, requester: Requester) -> bool:
    """Tell whether a password is the user's; wrong ones are counted and recorded.

    Raises RateLimited: a session that was left open is no place to guess from. Counted
    before it is judged: call it before the first write.
    """
    tries = LOGIN_ACCOUNT_IP.meter(user.id, network_of(requester.ip))
    tries.check()
    tries.count()
    if passwords().verify(user.password_hash, password):
        tries.give_back()
        return True
    audit.record("login.fail", outcome="refused", user_id=user.id, again=True)
    return False
