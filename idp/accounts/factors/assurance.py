"""What a sign-in is worth: authentication context classes (OIDC Core §2, acr; pure)."""

from collections.abc import Iterable

from idp.accounts.sessions.proofs import Method, Proofs, of_two_factors

AAL1 = "aal1"  # one factor of any kind, NIST SP 800-63B §2.1
AAL2 = "aal2"  # two, or one passkey that its user unlocked
PHR = "phr"  # two, of which one is a passkey or security key (EAP ACR Values §2)
LEVELS = (AAL1, AAL2, PHR)  # each is met by those after it
OFFERED = (AAL1,)  # what a user can reach here


def level_of(proofs: Proofs) -> str:
    """Return the highest level that proofs reach."""
    if not of_two_factors(proofs):
        return AAL1
    by_passkey = any(proof.method is Method.PASSKEY for proof in proofs)
    return PHR if by_passkey else AAL2


def meets(level: str, wanted: str) -> bool:
    """Tell whether a level is as high as ``wanted``; an unknown one is met by none."""
    return wanted in LEVELS and LEVELS.index(level) >= LEVELS.index(wanted)


def strictest(levels: Iterable[str]) -> str:
    """Return the highest of several levels."""
    return max(levels, key=LEVELS.index, default=AAL1)
