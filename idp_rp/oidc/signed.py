"""Tokens that the issuer signed: whose signature it is, and for whom."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError

from idp_rp.oidc.provider import KEY_TYPES, Provider

LEEWAY_SECONDS: Final = 60


class Untrusted(Exception):
    """The token must not be believed; the message says why."""


@dataclass(frozen=True, kw_only=True)
class SignedToken:
    """A token whose signature is the issuer's."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def audience(self) -> list[Any]:
        """Whom it is for, as a list (RFC 7519 §4.1.3)."""
        found = self.claims.get("aud")
        return found if isinstance(found, list) else [found]


def read_signed(token: str, *, provider: Provider) -> SignedToken:
    """Return a token that the issuer signed; Untrusted is any other.

    Algorithms that anybody could sign with, none and HMAC, are not known here.
    """
    header = _header_of(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise Untrusted(f"signed by {algorithm!r}")
    key = provider.key(kid if isinstance(kid, str) else None, algorithm=algorithm)
    if key is None:
        raise Untrusted(f"no key {kid!r} at the issuer")
    try:
        read = jwt.decode(token, key, algorithms=[algorithm])
    except (JoseError, ValueError) as error:
        raise Untrusted(str(error)) from error
    if read.claims.get("iss") != provider.issuer:
        raise Untrusted("another issuer's")
    return SignedToken(header=read.header, claims=read.claims)


def require_times(claims: Mapping[str, Any], *, now: float) -> None:
    """Refuse a token of the future or the past."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if not _is_time(issued) or not _is_time(expires):
        raise Untrusted("iat or exp is missing")
    if issued > now + LEEWAY_SECONDS:
        raise Untrusted("issued in the future")
    if expires <= now - LEEWAY_SECONDS:
        raise Untrusted("expired")


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _header_of(token: str) -> Mapping[str, Any]:
    first = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError) as error:
        raise Untrusted("no JWT") from error
    if not isinstance(header, dict):
        raise Untrusted("no JWT")
    return header
