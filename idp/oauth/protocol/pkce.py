"""Proof Key for Code Exchange, S256 only (pure; RFC 7636)."""

import re
from base64 import urlsafe_b64encode

from idp.core.randomness import digest_bytes

METHODS = ("S256",)
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def challenge_problem(
    challenge: str | None, method: str | None, *, required: bool
) -> str | None:
    """Return what is wrong with an authorization request's challenge, or None.

    ``plain``, and a missing method that would mean it, are refused (RFC 9700 §2.1.1).
    """
    if not challenge and not method:
        return "code_challenge is missing: send one with S256" if required else None
    if not challenge:
        return "code_challenge_method was sent without a code_challenge"
    if method not in METHODS:
        return "code_challenge_method must be S256"
    if not CHALLENGE.fullmatch(challenge):
        return "code_challenge must be 43 base64url characters"
    return None


def verifier_problem(verifier: str | None) -> str | None:
    """Return what is wrong with the form of a sent ``code_verifier``, or None."""
    if verifier is None or VERIFIER.fullmatch(verifier):
        return None
    return "code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~"


def s256(verifier: str) -> str:
    """Return the challenge of a verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(digest_bytes(verifier.encode())).rstrip(b"=").decode()
