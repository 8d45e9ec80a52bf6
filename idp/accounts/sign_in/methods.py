"""Which ways to sign in a user may take, and which were taken."""

from collections.abc import Iterable

from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import LINK, PASSKEY, PASSWORD, SIGN_IN_METHODS
from idp.accounts.sessions.proofs import Method, Proofs

METHODS = {Method.PASSWORD: PASSWORD, Method.LINK: LINK, Method.PASSKEY: PASSKEY}


def may_use(method: str, *, user_id: str, roles: Iterable[str]) -> bool:
    """Tell whether policies let a user sign in by a way."""
    return method in effective(SIGN_IN_METHODS, places_of(user_id, roles))


def used(proofs: Proofs) -> set[str]:
    """Return the ways by which a session was begun or renewed."""
    return {METHODS[proof.method] for proof in proofs if proof.method in METHODS}
