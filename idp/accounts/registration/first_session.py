"""What a sign-up ends with: the first session of an account, or a mail."""

from dataclasses import dataclass

from idp.accounts.models import User
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Proof
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.known_devices import add_device


@dataclass(frozen=True)
class CheckInbox:
    """The answer of a private server, whether or not the address has an account."""


@dataclass(frozen=True)
class SignedUp:
    """There is an account, and its user is signed in."""

    user: User
    signed_in: SignedIn


def begin_first_session(
    user: User, *, proof: Proof, request: SessionRequest, session_id: str
) -> SignedUp:
    """Sign in who has just signed up, and has no other factor yet that could be due."""
    known = None
    if request.in_cookies:
        token, requester = request.device_token, request.requester
        known = add_device(user.id, device_token=token, requester=requester)
    session = start_session(
        SessionUser.of(user), proofs=(proof,), request=request, session_id=session_id
    )
    return SignedUp(user, SignedIn(session, known))
