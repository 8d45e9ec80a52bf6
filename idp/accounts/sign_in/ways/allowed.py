"""Which ways to sign in policies allow, and which were taken."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.accounts.policies.effective import (
    ALL_PEOPLE,
    at_client,
    effective,
    places_of,
)
from idp.accounts.policies.keys import (
    LINK,
    MAGIC_LINK,
    PASSKEY,
    PASSWORD,
    PROVIDER,
    SIGN_IN_METHODS,
)
from idp.accounts.sessions.proofs import Method, Proofs

WAYS = {
    Method.PASSWORD: PASSWORD,
    Method.LINK: LINK,
    Method.MAGIC_LINK: MAGIC_LINK,
    Method.PASSKEY: PASSKEY,
    Method.PROVIDER: PROVIDER,
}


@dataclass(frozen=True)
class WayNotAllowed:
    """Policies allow nobody this way, here or at the client that waits."""

    code: str = "method_not_allowed"


def allowed_ways(client_id: str | None = None) -> tuple[str, ...]:
    """Return the ways that are open to anybody here, at a client if one waits."""
    return effective(SIGN_IN_METHODS, at_client(ALL_PEOPLE, client_id))


def ways_of(user_id: str, roles: Iterable[str]) -> tuple[str, ...]:
    """Return the ways that policies let a user take, wherever that leads."""
    return effective(SIGN_IN_METHODS, places_of(user_id, roles))


def may_use(way: str, *, user_id: str, roles: Iterable[str]) -> bool:
    """Tell whether one of those is ``way``."""
    return way in ways_of(user_id, roles)


def used(proofs: Proofs) -> set[str]:
    """Return the ways by which a session was begun or renewed."""
    return {WAYS[proof.method] for proof in proofs if proof.method in WAYS}
