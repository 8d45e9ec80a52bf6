"""Sign-up with a passkey in place of a password.

The key is made for the id that the account is to have; its challenge keeps that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from idp.accounts.factors.passkeys.adding import is_taken, keep_passkey
from idp.accounts.factors.passkeys.challenges import (
    OpenChallenge,
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.errors import ChallengeUsedUp, PasskeyNotAllowed
from idp.accounts.factors.passkeys.options import KeyHolder, options_to_add
from idp.accounts.factors.passkeys.verification import Credential, NewKey, verify_new
from idp.accounts.models import User
from idp.accounts.policies.keys import PASSKEY
from idp.accounts.profile.rules import FOR_OPERATORS, FieldRules
from idp.accounts.registration.admission import NOTHING, Admission
from idp.accounts.registration.new_account import (
    NewAccount,
    account_problems,
    refuse_problems,
)
from idp.accounts.registration.policy import require_open
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.core.clock import utcnow
from idp.core.errors import FieldError
from idp.core.randomness import new_subject
from idp.security import audit
from idp.security.ratelimit.budgets import PASSKEY_OPTIONS
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester


@dataclass(frozen=True)
class FirstPasskey:
    """A key that was made for an account that is not there yet."""

    user_id: str
    name: str
    key: NewKey
    user_verified: bool = False
    answers: OpenChallenge | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what the account that it opens is made with."""
        return {"id": self.user_id, "factors": [Method.PASSKEY.value]}

    def proof(self) -> Proof:
        """Return what it proves, now."""
        return Proof(
            Method.PASSKEY,
            utcnow(),
            user_verified=self.user_verified,
            synced=self.key.synced,
        )

    def stored(self) -> dict[str, Any]:
        """Return it as JSON that ``read`` reads."""
        key = vars(self.key) | {"public_key": self.key.public_key.hex()}
        return {"user_id": self.user_id, "name": self.name, "key": key}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "FirstPasskey":
        """Return what was stored of a sign-up that waits."""
        public_key = bytes.fromhex(stored["key"]["public_key"])
        key = NewKey(**stored["key"] | {"public_key": public_key})
        return cls(stored["user_id"], stored["name"], key)


def problems_of(
    wanted: NewAccount, *, rules: FieldRules = FOR_OPERATORS
) -> list[FieldError]:
    """Return what is wrong with an account that a passkey is to open.

    ``rules`` say what has to be told of its user, once that can be.
    """
    wanted = replace(wanted.trimmed(), password=None)
    return list(account_problems(wanted, rules=rules))


def begin(
    wanted: NewAccount,
    *,
    browser: str | None,
    requester: Requester,
    admission: Admission = NOTHING,
) -> tuple[str, dict[str, Any]]:
    """Return a ticket, and what makes the passkey of a new account.

    The ``browser``, if one asks, is the only one that can answer. Raises
    RegistrationClosed, PasskeyNotAllowed, RateLimited and InvalidInput; whether the
    address is taken is told at the sign-up alone, if at all.
    """
    _require_open(admission)
    tries = PASSKEY_OPTIONS.meter(network_of(requester.ip))
    tries.check()
    tries.count()
    refuse_problems(problems_of(wanted))
    wanted = wanted.trimmed()
    require_open(admission, wanted.email)
    holder = KeyHolder(new_subject(), wanted.email, wanted.name)
    issued = issue_challenge(Purpose.SIGN_UP, bound_to=browser, new_user_id=holder.id)
    return issued.ticket, options_to_add(holder, issued, excluded=())


def judge(
    credential: Credential,
    *,
    ticket: str,
    browsers: Sequence[str],
    name: str,
    admission: Admission = NOTHING,
) -> FirstPasskey | None:
    """Return a key that answers a challenge of a sign-up; None when it does not.

    A wrong answer uses the challenge up, a right one is written by ``use_up``: the
    limits of sign-up are counted before. Raises RegistrationClosed and
    PasskeyNotAllowed.
    """
    _require_open(admission)
    asked = find_challenge(ticket, purposes=[Purpose.SIGN_UP], shown=browsers)
    made = verify_new(credential, challenge=asked.challenge) if asked else None
    if asked and asked.new_user_id and made and not is_taken(made.key):
        return FirstPasskey(
            asked.new_user_id, name, made.key, made.user_verified, asked
        )
    if asked:
        spend_challenge(asked)
    audit.record("passkey.refused", outcome="refused", user_id=None)
    return None


def use_up(first: FirstPasskey) -> None:
    """Use the challenge of a key up; raises ChallengeUsedUp where another did."""
    if first.answers is None or not spend_challenge(first.answers):
        raise ChallengeUsedUp


def keep_first(user: User, first: FirstPasskey) -> bool:
    """Store the key of a new account; False where another got it since."""
    return keep_passkey(user.id, first.key, name=first.name) is not None


def _require_open(admission: Admission) -> None:
    """Raise where one is not let in, or not with a passkey."""
    require_open(admission)
    if PASSKEY not in allowed_ways():
        raise PasskeyNotAllowed
