"""What a logout token must say (OIDC Back-Channel Logout 1.0 §2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from idp_rp.oidc.provider import Provider
from idp_rp.oidc.signed import LEEWAY_SECONDS, Untrusted, read_signed, require_times

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_SECONDS: Final = 10 * 60
TYPES: Final = frozenset({"logout+jwt", "application/logout+jwt", "jwt"})


@dataclass(frozen=True, kw_only=True)
class LogoutNotice:
    """Which sessions have ended: that of ``sid``, or all of ``sub``.

    ``issued_at`` is the issuer's time. ``jti`` must not be heard again for ``seconds``.
    """

    jti: str
    sid: str | None
    sub: str | None
    issued_at: float
    seconds: int = OLDEST_SECONDS + 2 * LEEWAY_SECONDS


def read_logout_token(
    token: str, *, provider: Provider, client_id: str, now: float
) -> LogoutNotice:
    """Return what a genuine logout token says; Untrusted is any other.

    An ID token is none: it has a nonce, and no event. ``exp`` may be missing, as it was
    in drafts; what is older than ten minutes is refused in any case.
    """
    read = read_signed(token, provider=provider)
    claims = read.claims
    if str(read.header.get("typ", "jwt")).lower() not in TYPES:
        raise Untrusted("of another type")
    if client_id not in read.audience:
        raise Untrusted("another client's")
    if "nonce" in claims:
        raise Untrusted("a nonce has no place in it")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Untrusted("no logout event")
    require_times({"exp": now, **claims}, now=now)
    if claims["iat"] < now - OLDEST_SECONDS:
        raise Untrusted("too old")
    sid, sub = _text(claims, "sid"), _text(claims, "sub")
    jti = _text(claims, "jti")
    if jti is None or (sid is None and sub is None):
        raise Untrusted("jti, or both sid and sub, are missing")
    return LogoutNotice(jti=jti, sid=sid, sub=sub, issued_at=claims["iat"])


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise Untrusted(f"{name} is no text")
    return value
