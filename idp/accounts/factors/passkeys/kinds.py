"""Which kinds of second factors a user's keys are, as ``users.factors`` names them."""

from collections.abc import Iterable

from idp.accounts.factors.changes import ChangedFactor
from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.models import Passkey
from idp.accounts.sessions.proofs import SECURITY_KEY, Method

KINDS = frozenset({Method.PASSKEY.value, SECURITY_KEY})


def enrolled(user_id: str, factors: Iterable[str]) -> set[str]:
    """Return a user's factors with the kinds of the keys that there are now.

    A security key that was disabled, for it may be a copy, still asks: who copied it
    would else be rid of the question.
    """
    others = set(factors) - KINDS
    return others | {
        SECURITY_KEY if key.second_step else Method.PASSKEY.value
        for key in list_passkeys(user_id)
        if key.usable or key.second_step
    }


def changed(key: Passkey) -> ChangedFactor:
    """Return what is kept of a key that was added or removed just now."""
    kind = SECURITY_KEY if key.second_step else Method.PASSKEY.value
    return ChangedFactor(
        Method.PASSKEY,
        key.id,
        added=key.removed_at is None,
        at=key.removed_at or key.created_at,
        kind=kind,
    )
