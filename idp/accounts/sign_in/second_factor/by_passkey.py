"""Finishing a sign-in by a passkey or a security key.

What asks for one is bound to the sign-in that waits.
"""

from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.factors.passkeys.challenges import (
    OpenChallenge,
    Purpose,
    find_newest,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.options import options_to_sign_in
from idp.accounts.factors.passkeys.registry import find_by_credential, usable_ids
from idp.accounts.factors.passkeys.use import record_use
from idp.accounts.factors.passkeys.verification import (
    Credential,
    ShownKey,
    id_in,
    verify_shown,
)
from idp.accounts.models import Passkey
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.completion import SignedIn, tells_of
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired, HalfSignIn
from idp.accounts.sign_in.second_factor.finish import SignInOver, finish, methods_of
from idp.security import audit


@dataclass(frozen=True)
class _JudgedKey:
    """What a user has shown, as it stands before the first write; it may be nothing."""

    user_id: str
    asked: OpenChallenge | None
    passkey: Passkey | None
    shown: ShownKey | None

    def use(self) -> Proof | None:
        """Return what was proven, and use up the challenge whatever that is."""
        spent = self.asked is not None and spend_challenge(self.asked)
        if spent and self.shown and self.passkey and self._is_no_copy(self.passkey):
            return self.shown.proof()
        audit.record("passkey.refused", outcome="refused", user_id=self.user_id)
        return None

    def _is_no_copy(self, passkey: Passkey) -> bool:
        return self.shown is not None and record_use(passkey, self.shown)


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
    judged = _judge(half.user, credential, bound_to=half.digest)
    device = find_device(half.user.user_id, device_token=request.device_token)
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


def _judge(user: SessionUser, credential: Credential, *, bound_to: str) -> _JudgedKey:
    """Judge what answers the newest options for a user that are bound to this."""
    asked = find_newest(Purpose.SECOND_FACTOR, user_id=user.user_id, bound_to=bound_to)
    passkey = find_by_credential(id_in(credential)) if asked else None
    shown = None
    if asked and passkey and passkey.user_id == user.user_id:
        shown = verify_shown(credential, passkey, challenge=asked.challenge)
    return _JudgedKey(user.user_id, asked, passkey, shown)
