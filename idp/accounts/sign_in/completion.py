"""What every way to sign in ends with: a known browser, and a session in it.

Unless a second factor is due: then what was proven waits for it (``pending``).
"""

from dataclasses import dataclass

from idp.accounts.errors import NotSignedIn
from idp.accounts.events import UnverifiedSignIn
from idp.accounts.factors import trusted_browsers
from idp.accounts.factors.trusted_browsers import GivenTrust, Trust
from idp.accounts.policies.ways import sole_provider
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof, Proofs, with_proof
from idp.accounts.sessions.start import SessionRequest, StartedSession, start_session
from idp.accounts.sign_in import known_devices, pending
from idp.accounts.sign_in.known_devices import DeviceMatch
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import methods_due
from idp.core.clock import utcnow
from idp.core.events import publish
from idp.security import audit
from idp.security.requester import Requester


@dataclass(frozen=True)
class SignedIn:
    """A session has begun, or goes on with a new cookie.

    ``device_token`` is what the device cookie is to hold from now on; None leaves that
    cookie as it is. ``trust`` is for the cookie of a browser that is trusted from now
    on.
    """

    session: StartedSession
    device_token: str | None = None
    trust: GivenTrust | None = None


def complete_sign_in(
    user: SessionUser,
    *,
    proofs: Proofs,
    request: SessionRequest,
    device: DeviceMatch,
    is_news: bool | None = None,
) -> SignedIn | FactorRequired:
    """Begin the session of a user who has proven who they are, or have it wait.

    ``is_news`` is what ``tells_of`` said, where something is written before this.
    Raises NotSignedIn, with nothing written, as ``start_session`` does.
    """
    trust = _find_trust(user, proofs, request=request)
    if trust:
        proofs = with_proof(proofs, Proof(Method.TRUSTED_BROWSER, utcnow()))
    _refuse_elsewhere(user, proofs)
    waits = wait_for_factor(user, proofs=proofs, request=request)
    if waits:
        return waits
    if not request.in_cookies:
        return _complete_without_browser(
            user, proofs=proofs, request=request, device=device, is_news=is_news
        )
    session = start_session(user, proofs=proofs, request=request)
    device_token = known_devices.record_sign_in(
        user, device, requester=request.requester
    )
    if trust:
        trusted_browsers.record_use(trust)
    return SignedIn(session, device_token)


def tells_of(
    user: SessionUser, *, request: SessionRequest, device: DeviceMatch
) -> bool:
    """Tell whether the owner is to hear of a program; ask it before the first write."""
    return not request.in_cookies and known_devices.tells_of_program(
        user.user_id, device, requester=request.requester
    )


def wait_for_factor(
    user: SessionUser, *, proofs: Proofs, request: SessionRequest
) -> FactorRequired | None:
    """Keep what was proven if a second factor is due; None if a session may begin."""
    methods = methods_due(user, proofs, policy=policy_for(user))
    if not methods:
        return None
    return pending.begin(
        user,
        proofs,
        methods=methods,
        remember=request.remember,
        in_browser=request.in_cookies,
    )


def record_signed_in(signed_in: SignedIn, *, requester: Requester) -> None:
    """Say that a session began; who has an unproven address is mailed the proof."""
    session = signed_in.session
    if not session.email_verified:
        publish(UnverifiedSignIn(session.user_id, requester=requester))
    audit.record("login.ok", user_id=session.user_id, session_id=session.id)


def _refuse_elsewhere(user: SessionUser, proofs: Proofs) -> None:
    """Raise NotSignedIn for who has another provider for the only way in.

    Each way in has asked that before; this is for one that forgets, and for a sign-in
    that waited meanwhile.
    """
    if any(proof.method is Method.PROVIDER for proof in proofs):
        return
    if sole_provider(user.user_id, user.roles, email=user.email):
        raise NotSignedIn


def _find_trust(
    user: SessionUser, proofs: Proofs, *, request: SessionRequest
) -> Trust | None:
    """Return what spares the second factor here; asked for only where one is due."""
    if not request.in_cookies or request.trust_token is None:
        return None
    if not methods_due(user, proofs, policy=policy_for(user)):
        return None
    return trusted_browsers.find_trust(user, request.trust_token)


def _complete_without_browser(
    user: SessionUser,
    *,
    proofs: Proofs,
    request: SessionRequest,
    device: DeviceMatch,
    is_news: bool | None,
) -> SignedIn:
    """Begin the session of a program: there is no browser to know it by."""
    requester = request.requester
    if is_news is None:
        is_news = tells_of(user, request=request, device=device)
    session = start_session(user, proofs=proofs, request=request)
    known_devices.record_use(device)
    if is_news:
        known_devices.notify_of_program(user, requester=requester)
    return SignedIn(session)
