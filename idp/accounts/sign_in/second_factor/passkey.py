"""A passkey that a user shows besides what they have shown, or once more."""

from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.passkeys.challenges import (
    OpenChallenge,
    Purpose,
    find_challenge,
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
from idp.accounts.sessions.proofs import Proof
from idp.security import audit


@dataclass(frozen=True)
class JudgedKey:
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


def begin_to_prove(user_id: str, *, bound_to: str) -> tuple[str, dict[str, Any]]:
    """Return a ticket, and what asks for one of a user's own passkeys.

    ``bound_to`` is the session, or the sign-in, in which alone the answer counts.
    """
    issued = issue_challenge(Purpose.PROVE, user_id=user_id, bound_to=bound_to)
    own = usable_ids(user_id)
    return issued.ticket, options_to_sign_in(issued, allowed=own)


def prove_by_passkey(
    user_id: str, credential: Credential, *, ticket: str, bound_to: str
) -> Proof | None:
    """Return what a user's passkey proves; None for anything else.

    The challenge is used up whatever comes of it.
    """
    asked = find_challenge(ticket, purposes=[Purpose.PROVE], shown=[bound_to])
    return judge(user_id, credential, asked=asked).use()


def judge(
    user_id: str, credential: Credential, *, asked: OpenChallenge | None
) -> JudgedKey:
    """Judge what answers a challenge for a user, as it stands; nothing is written."""
    passkey = find_by_credential(id_in(credential)) if asked else None
    shown = None
    if asked and passkey and asked.user_id == user_id == passkey.user_id:
        shown = verify_shown(credential, passkey, challenge=asked.challenge)
    return JudgedKey(user_id, asked, passkey, shown)
