"""Proofs of identity: by what a user has shown who they are, and when (pure).

A session keeps those that began it. What they are worth follows from them alone: which
methods to name (RFC 8176), and whether they are of two factors (SP 800-63B §4.2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Method(StrEnum):
    """A way to prove who one is, by the name that the API has for it."""

    PASSWORD = "password"  # noqa: S105 - a method, no secret
    LINK = "link"  # handed over, or of a reset, once
    MAGIC_LINK = "magic_link"  # mailed to who asked for it, or the code beside it
    EMAIL_CODE = "email_code"
    PROVIDER = "provider"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    TRUSTED_BROWSER = "trusted_browser"  # it spares a proof, and is none


class Factor(StrEnum):
    """What a method shows: two methods of one factor count once."""

    KNOWLEDGE = "knowledge"
    MAILBOX = "mailbox"
    PROVIDER = "provider"
    AUTHENTICATOR = "authenticator"
    PASSKEY = "passkey"


# A recovery code stands for an authenticator that was lost.
FACTORS = {
    Method.PASSWORD: Factor.KNOWLEDGE,
    Method.LINK: Factor.MAILBOX,
    Method.MAGIC_LINK: Factor.MAILBOX,
    Method.EMAIL_CODE: Factor.MAILBOX,
    Method.PROVIDER: Factor.PROVIDER,
    Method.TOTP: Factor.AUTHENTICATOR,
    Method.RECOVERY_CODE: Factor.AUTHENTICATOR,
    Method.PASSKEY: Factor.PASSKEY,
}
# Something that is held: a mailbox is not (SP 800-63B §3.1.3.1).
HELD = frozenset({Factor.AUTHENTICATOR, Factor.PASSKEY})
NAMES = {
    Method.PASSWORD: "pwd",
    Method.LINK: "otp",
    Method.MAGIC_LINK: "otp",
    Method.EMAIL_CODE: "otp",
    Method.PROVIDER: "fed",
    Method.TOTP: "otp",
    Method.RECOVERY_CODE: "otp",
}
MULTIPLE = "mfa"
# What is enrolled, as ``users.factors`` has it. A security key that was added as a
# second step asks after a password, as an app does; a passkey is there to go without
# one, so it only may be shown.
SECURITY_KEY = "security_key"
ASKING = frozenset({Method.TOTP.value, SECURITY_KEY})


@dataclass(frozen=True)
class Proof:
    """One proof; ``user_verified`` says that it is of two factors by itself.

    A passkey is that was unlocked by something that its user knows or is, a provider
    whose word for it an operator takes. ``synced``: a passkey may be on several
    devices. ``provider`` is the id of the one whose word it is.
    """

    method: Method
    at: datetime
    user_verified: bool = False
    synced: bool = False
    provider: str | None = None

    def stored(self) -> dict[str, Any]:
        """Return the proof as JSON that ``read_proofs`` reads."""
        kept: dict[str, Any] = {"method": self.method.value, "at": self.at.isoformat()}
        flags = {"user_verified": self.user_verified, "synced": self.synced}
        if self.provider:
            kept["provider"] = self.provider
        return kept | {name: True for name, given in flags.items() if given}


Proofs = tuple[Proof, ...]


def read_proofs(stored: Iterable[dict[str, Any]]) -> Proofs:
    """Return the proofs that were stored."""
    return tuple(
        Proof(
            Method(kept["method"]),
            datetime.fromisoformat(kept["at"]),
            user_verified=kept.get("user_verified", False),
            synced=kept.get("synced", False),
            provider=kept.get("provider"),
        )
        for kept in stored
    )


def with_proof(proofs: Proofs, proof: Proof) -> Proofs:
    """Return proofs and one more; an earlier one of the same method is outdated."""
    return (*(old for old in proofs if old.method is not proof.method), proof)


def asks_second_factor(enrolled: Iterable[str]) -> bool:
    """Tell whether who has enrolled these has turned two-step sign-in on."""
    return not ASKING.isdisjoint(enrolled)


def methods_enrolled(enrolled: Iterable[str]) -> set[Method]:
    """Return by which methods who has enrolled these can prove more."""
    return {
        Method.PASSKEY if name == SECURITY_KEY else Method(name) for name in enrolled
    }


def factors_of(proofs: Proofs) -> frozenset[Factor]:
    """Return the factors that were shown."""
    return frozenset(
        FACTORS[proof.method] for proof in proofs if proof.method in FACTORS
    )


def of_two_factors(proofs: Proofs) -> bool:
    """Tell whether proofs are of two factors, of which one is held.

    A passkey that was unlocked is two by itself.
    """
    if any(proof.user_verified for proof in proofs):
        return True
    shown = factors_of(proofs)
    return len(shown) > 1 and bool(shown & HELD)


def amr_of(proofs: Proofs) -> list[str]:
    """Return the methods as tokens name them (RFC 8176 §2)."""
    named = {NAMES[proof.method] for proof in proofs if proof.method in NAMES}
    for proof in proofs:
        if proof.method is Method.PASSKEY:
            named |= {"swk" if proof.synced else "hwk", "user"}
    return sorted(named | ({MULTIPLE} if of_two_factors(proofs) else set()))


def strongest_at(proofs: Proofs, factors: Iterable[str]) -> datetime | None:
    """Return when a user showed last the best of what they have, None if never.

    Of one who has turned two-step sign-in on only second factors count, whichever of
    them it was.
    """
    if not asks_second_factor(factors):
        return auth_time_of(proofs)
    held = (proof.at for proof in proofs if FACTORS.get(proof.method) in HELD)
    return max(held, default=None)


def auth_time_of(proofs: Proofs) -> datetime:
    """Return when the user proved last who they are (OIDC Core §2)."""
    return max(proof.at for proof in proofs if proof.method in FACTORS)
