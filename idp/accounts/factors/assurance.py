"""What a sign-in is worth: authentication context classes (OIDC Core §2, acr; pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.accounts.sessions.proofs import Method, Proofs, of_two_factors

AAL1 = "aal1"  # one factor of any kind, NIST SP 800-63B §2.1
AAL2 = "aal2"  # two, or one passkey that its user unlocked
PHR = "phr"  # two, of which one is a passkey or security key (EAP ACR Values §2)
LEVELS = (AAL1, AAL2, PHR)  # each is met by those after it


@dataclass(frozen=True)
class AcrRequest:
    """Levels that a request asks for, the preferred first (OIDC Core §5.5.1.1).

    Of an ``essential`` one some value has to be met; else they are wishes, and unknown
    ones are passed over. Without values anything will do.
    """

    values: tuple[str, ...] = ()
    essential: bool = False


NO_ACR = AcrRequest()


def level_of(proofs: Proofs) -> str:
    """Return the highest level that proofs reach."""
    if not of_two_factors(proofs):
        return AAL1
    by_passkey = any(proof.method is Method.PASSKEY for proof in proofs)
    return PHR if by_passkey else AAL2


def meets(level: str, wanted: str) -> bool:
    """Tell whether a level is as high as ``wanted``; an unknown one is met by none."""
    return wanted in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted)


def acr_of(proofs: Proofs, asked: AcrRequest) -> str:
    """Return what tokens say of proofs: what was asked for and is met, else the level.

    A client that asks for one value may take no other, be it higher.
    """
    level = level_of(proofs)
    return next((value for value in asked.values if meets(level, value)), level)


def strictest(levels: Iterable[str]) -> str:
    """Return the highest of several levels."""
    return max(levels, key=LEVELS.index, default=AAL1)
