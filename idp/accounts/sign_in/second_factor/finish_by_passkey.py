"""Finishing a sign-in by a passkey or a security key.

What asks for one is bound to the sign-in that waits.
"""

from typing import Any

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.passkeys.challenges import (
    Purpose,
    find_newest,
    issue_challenge,
)
from idp.accounts.factors.passkeys.options import options_to_sign_in
from idp.accounts.factors.passkeys.registry import usable_ids
from idp.accounts.factors.passkeys.verification import Credential
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.completion import SignedIn, tells_of
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.finish import SignInOver, finish, methods_of
from idp.accounts.sign_in.second_factor.passkey import judge


def options_to_finish(half: HalfSignIn) -> dict[str, Any] | None:
    """Return what asks for a key that finishes a sign-in; None where none does."""
    if Method.PASSKEY not in methods_of(half):
        return None
    return _options_for(half.user, bound_to=half.digest)


def finish_by_passkey(
    half: HalfSignIn, credential: Credential, *, request: SessionRequest
) -> SignedIn | FactorRequired | WrongCode | SignInOver:
    """Finish a sign-in by a key; what is refused leaves it waiting.

    Raises NotSignedIn.
    """
    if Method.PASSKEY not in methods_of(half):
        return WrongCode()
    user_id = half.user.user_id
    asked = find_newest(Purpose.SECOND_FACTOR, user_id=user_id, bound_to=half.digest)
    judged = judge(user_id, credential, asked=asked)
    device = find_device(user_id, device_token=request.device_token)
    is_news = judged.shown is not None and tells_of(
        half.user, request=request, device=device
    )
    return finish(half, judged.use, request=request, device=device, is_news=is_news)


def _options_for(user: SessionUser, *, bound_to: str) -> dict[str, Any]:
    """Return what asks for one of a user's keys; it holds for five minutes."""
    issued = issue_challenge(
        Purpose.SECOND_FACTOR, user_id=user.user_id, bound_to=bound_to
    )
    own = usable_ids(user.user_id)
    return options_to_sign_in(issued, allowed=own, second_step=True)
