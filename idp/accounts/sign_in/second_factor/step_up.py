"""Proving more in a session, or once more: it goes on with a new cookie."""

from dataclasses import replace

from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.passkeys.verification import Credential
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sessions.start import renew_token
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.second_factor.codes import prove_by_code
from idp.accounts.sign_in.second_factor.passkey import prove_by_passkey
from idp.accounts.users import hold_user
from idp.security import audit
from idp.security.requester import Requester


def step_up_by_code(
    live: LiveSession,
    method: Method,
    *,
    code: str,
    requester: Requester,
    in_cookies: bool = True,
) -> SignedIn | WrongCode:
    """Renew a session by a code of its user.

    Raises RateLimited while the factor is locked, and NotSignedIn.
    """
    hold_user(live.user_id)
    proof = prove_by_code(
        live, method, code=code, bound_to=live.id, requester=requester
    )
    if proof is None:
        return WrongCode()
    return step_up(live, proof, requester=requester, in_cookies=in_cookies)


def step_up_by_passkey(
    live: LiveSession,
    credential: Credential,
    *,
    ticket: str,
    requester: Requester,
    in_cookies: bool = True,
) -> SignedIn | None:
    """Renew a session by a passkey of its user; None refuses.

    Raises NotSignedIn.
    """
    hold_user(live.user_id)
    proof = prove_by_passkey(live.user_id, credential, ticket=ticket, bound_to=live.id)
    if proof is None:
        return None
    return step_up(live, proof, requester=requester, in_cookies=in_cookies)


def step_up(
    live: LiveSession, proof: Proof, *, requester: Requester, in_cookies: bool = True
) -> SignedIn:
    """Renew a session by one more proof; raises NotSignedIn when it is over by now."""
    stored = [each.stored() for each in with_proof(live.proven, proof)]
    session = renew_token(
        replace(live, proofs=stored), requester=requester, in_cookies=in_cookies
    )
    if session is None:
        raise NotSignedIn
    audit.record("login.ok", user_id=session.user_id, session_id=session.id, again=True)
    return SignedIn(session)
