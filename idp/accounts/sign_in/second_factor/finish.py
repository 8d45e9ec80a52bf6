"""Finishing a sign-in by its second factor."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from idp.accounts.events import SignInFinished
from idp.accounts.factors import email_codes, trusted_browsers
from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in import pending
from idp.accounts.sign_in.completion import (
    SignedIn,
    complete_sign_in,
    record_signed_in,
    tells_of,
)
from idp.accounts.sign_in.known_devices import DeviceMatch, find_device
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.codes import looks_right, prove_by_code
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import methods_due
from idp.accounts.users import hold_user
from idp.core.events import publish
from idp.security.requester import Requester

Prove = Callable[[], Proof | None]


@dataclass(frozen=True)
class SignInOver:
    """A sign-in that was finished by another request, or is too old."""

    code: str = "ticket_invalid"


def methods_of(half: HalfSignIn) -> tuple[Method, ...]:
    """Return by which methods a sign-in can be finished, the best first."""
    return methods_due(half.user, half.proofs, policy=policy_for(half.user))


def mail_code(half: HalfSignIn, *, requester: Requester, return_to: str) -> bool:
    """Mail a code for a sign-in; False where that is no way to finish it.

    It names the app that waits at ``return_to``. Raises RateLimited. Call it before the
    first write.
    """
    if Method.EMAIL_CODE not in methods_of(half):
        return False
    email_codes.send(
        half.user, bound_to=half.digest, requester=requester, return_to=return_to
    )
    return True


def finish_by_code(
    half: HalfSignIn, method: Method, *, code: str, request: SessionRequest
) -> SignedIn | FactorRequired | WrongCode | SignInOver:
    """Finish a sign-in by a code; a wrong one leaves it waiting.

    Raises RateLimited while the factor is locked, and NotSignedIn.
    """
    if method not in methods_of(half):
        return WrongCode()

    def prove() -> Proof | None:
        return prove_by_code(
            half.user,
            method,
            code=code,
            bound_to=half.digest,
            requester=request.requester,
        )

    device = find_device(half.user.user_id, device_token=request.device_token)
    is_news = looks_right(
        half.user, method, code=code, bound_to=half.digest
    ) and tells_of(half.user, request=request, device=device)
    return finish(half, prove, request=request, device=device, is_news=is_news)


def finish(
    half: HalfSignIn,
    prove: Prove,
    *,
    request: SessionRequest,
    device: DeviceMatch,
    is_news: bool,
) -> SignedIn | FactorRequired | WrongCode | SignInOver:
    """Finish a sign-in by what ``prove`` returns, once.

    It is taken before the proof is judged, and given back when that is none: of two
    requests at once one is judged. ``is_news`` is what ``tells_of`` said before.
    """
    hold_user(half.user.user_id)
    if not pending.spend(half):
        return SignInOver()
    proof = prove()
    if proof is None:
        pending.give_back(half)
        return WrongCode()
    outcome = complete_sign_in(
        half.user,
        proofs=with_proof(half.proofs, proof),
        request=replace(request, remember=half.remember),
        device=device,
        is_news=is_news,
    )
    if not isinstance(outcome, SignedIn):
        return outcome
    publish(SignInFinished(half.digest, outcome.session.id))
    record_signed_in(outcome, requester=request.requester)
    return _trusting(outcome, half, request=request)


def _trusting(
    signed_in: SignedIn, half: HalfSignIn, *, request: SessionRequest
) -> SignedIn:
    """Return a sign-in after which this browser is trusted, where that is asked for."""
    if not (request.trust and half.in_browser):
        return signed_in
    given = trusted_browsers.trust_browser(
        half.user, trust_token=request.trust_token, requester=request.requester
    )
    return replace(signed_in, trust=given)
