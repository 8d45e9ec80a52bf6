"""Which ways to sign in policies allow anybody, and which were taken."""

from dataclasses import dataclass

from idp.accounts.policies.effective import (
    ALL_PEOPLE,
    at_client,
    demanded,
    effective,
    in_organization,
)
from idp.accounts.policies.keys import (
    ALLOWED_PROVIDERS,
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


@dataclass(frozen=True)
class AccountPending:
    """Who one is was proven, but no operator has let the account in yet."""

    code: str = "account_pending"


def allowed_ways(
    client_id: str | None = None, *, organization_id: str | None = None
) -> tuple[str, ...]:
    """Return the ways that are open to anybody here, at a client if one waits.

    And into the context of an organization, if it is for that that one signs in anew.
    """
    there = at_client(ALL_PEOPLE, client_id)
    return effective(SIGN_IN_METHODS, in_organization(there, organization_id))


def allowed_providers(organization_id: str | None) -> tuple[str, ...] | None:
    """Return the providers that open an organization's context, None for any."""
    return demanded(ALLOWED_PROVIDERS, in_organization(frozenset(), organization_id))


def used(proofs: Proofs) -> set[str]:
    """Return the ways by which a session was begun or renewed."""
    return {WAYS[proof.method] for proof in proofs if proof.method in WAYS}
