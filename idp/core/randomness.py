"""Chance and fingerprints: the only source of tokens, ids, codes and digests."""

import hashlib
import hmac
import secrets
import time

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"  # they make no words (RFC 8628 §6.1)
USER_CODE_LENGTH = 8


def new_token() -> str:
    """Return 256 random bits, base64url without padding (43 characters)."""
    return secrets.token_urlsafe(32)


def new_jti() -> str:
    """Return 128 random bits, base64url without padding (22 characters)."""
    return secrets.token_urlsafe(16)


def new_salt() -> bytes:
    """Return 256 random bits, raw."""
    return secrets.token_bytes(32)


def new_id() -> str:
    """Return a row id: 32 hex characters, 48 bits of time, then 80 of chance.

    Ids made one after another sort in that order, so that large indexes grow at
    one end (the layout of RFC 9562 §5.7). They are names, never secrets.
    """
    milliseconds = time.time_ns() // 1_000_000
    return f"{milliseconds:012x}{secrets.token_hex(10)}"


def new_subject() -> str:
    """Return a public user id: 128 random bits in hex, which tell nothing."""
    return secrets.token_hex(16)


def new_digits(count: int) -> str:
    """Return ``count`` decimal digits, for a code that a person types."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def new_user_code() -> str:
    """Return a code to read off one screen and type at another: WDJBMJHT (34 bits)."""
    return "".join(secrets.choice(CONSONANTS) for _ in range(USER_CODE_LENGTH))


def new_password(*, groups: int = 3, length: int = 4) -> str:
    """Return a one-time password in dashed groups: k7fd-m2qp-x9wt (59 bits)."""
    return "-".join(
        "".join(secrets.choice(READABLE) for _ in range(length)) for _ in range(groups)
    )


def random_below(limit: int) -> int:
    """Return a number from 0 up to ``limit``, without it."""
    return secrets.randbelow(limit)


def leak_digest(value: bytes) -> bytes:
    """Return the SHA-1 by which lists of leaked passwords name one.

    Nothing is protected by it: what such a list names is public.
    """
    return hashlib.sha1(value, usedforsecurity=False).digest()


def digest(value: str) -> str:
    """Return the SHA-256 of a high-entropy value in hex: what we store of a token."""
    return hashlib.sha256(value.encode()).hexdigest()


def digest_bytes(value: bytes) -> bytes:
    """Return the raw SHA-256 of ``value`` (S256 challenges, at_hash, static files)."""
    return hashlib.sha256(value).digest()


def wide_digest_bytes(value: bytes) -> bytes:
    """Return the raw SHA-512 of ``value`` (at_hash beside an Ed25519 signature)."""
    return hashlib.sha512(value).digest()


def same(left: str, right: str) -> bool:
    """Tell whether two strings are equal, in time that does not depend on where not."""
    return hmac.compare_digest(left.encode(), right.encode())
