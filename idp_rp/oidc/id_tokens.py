"""What an ID token must say to be believed (OIDC Core §3.1.3.7)."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from idp_rp.oidc.provider import Provider
from idp_rp.oidc.signed import SignedToken, Untrusted, read_signed, require_times


def read_id_token(
    id_token: str,
    *,
    provider: Provider,
    client_id: str,
    nonce: str,
    access_token: str,
    now: float,
) -> Mapping[str, Any]:
    """Return the claims of the ID token of a sign-in; Untrusted says what is wrong."""
    token = _meant_for_us(id_token, provider=provider, client_id=client_id, now=now)
    if token.claims.get("nonce") != nonce:
        raise Untrusted("the nonce of another sign-in")
    _require_at_hash(token, access_token)
    return token.claims


def check_renewed_id_token(
    id_token: str,
    *,
    provider: Provider,
    client_id: str,
    before: Mapping[str, Any],
    access_token: str,
    now: float,
) -> None:
    """Refuse one that came with a refresh and is not of this sign-in (§12.2)."""
    token = _meant_for_us(id_token, provider=provider, client_id=client_id, now=now)
    claims = token.claims
    if claims["sub"] != before["sub"]:
        raise Untrusted("another user's")
    if "nonce" in claims and claims["nonce"] != before["nonce"]:
        raise Untrusted("the nonce of another sign-in")
    if claims.get("auth_time", before.get("auth_time")) != before.get("auth_time"):
        raise Untrusted("another sign-in's")
    _require_at_hash(token, access_token)


def _meant_for_us(
    id_token: str, *, provider: Provider, client_id: str, now: float
) -> SignedToken:
    token = read_signed(id_token, provider=provider)
    claims = token.claims
    if client_id not in token.audience:
        raise Untrusted("another client's")
    if (len(token.audience) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise Untrusted("issued to another client")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Untrusted("sub is missing")
    require_times(claims, now=now)
    return token


def _require_at_hash(token: SignedToken, access_token: str) -> None:
    """Compare the digest of the access token, where there is one (§3.1.3.6)."""
    told = token.claims.get("at_hash")
    if told is None:
        return
    is_ed25519 = token.header["alg"] in {"EdDSA", "Ed25519"}
    digest = hashlib.sha512 if is_ed25519 else hashlib.sha256
    made = digest(access_token.encode()).digest()
    half = base64.urlsafe_b64encode(made[: len(made) // 2]).rstrip(b"=").decode()
    if told != half:
        raise Untrusted("the access token of another answer")
