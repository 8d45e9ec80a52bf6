"""What a provider's notice of an ended session is worth (Back-Channel 1.0 §2.6)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from idp.core.clock import unix, utcnow
from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.documents import as_object, read_json
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.id_tokens import (
    SKEW_SECONDS,
    check_parties,
    is_moment,
    is_subject,
    verify_signature,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = (None, "logout+jwt", "application/logout+jwt", "JWT")
LONGEST_SECONDS = 300


@dataclass(frozen=True)
class EndedUpstream:
    """What has ended at a provider: one sign-in (``sid``), or all of a user's.

    Said ``at`` a moment, it is about nothing that began later.
    """

    subject: str | None
    sid: str | None
    at: datetime


def verify_logout_token(
    raw: str, *, endpoints: Endpoints, client_id: str
) -> EndedUpstream:
    """Return what a notice says; raises UpstreamError."""
    parsed = verify_signature(raw, jwks_uri=endpoints.jwks_uri or "")
    if parsed.headers().get("typ") not in TYPES:
        raise UpstreamError("typ")
    claims = as_object(read_json(parsed.payload))
    check_parties(claims, issuer=endpoints.issuer or "", client_id=client_id)
    if not isinstance(as_object(claims.get("events")).get(EVENT), dict):
        raise UpstreamError("events")
    if "nonce" in claims:  # an ID Token is no notice
        raise UpstreamError("nonce")
    return EndedUpstream(_named(claims.get("sub")), _sid_in(claims), _moment_of(claims))


def _sid_in(claims: Any) -> str | None:
    """Return the session that ended; there must be one, or a user."""
    sid = _named(claims.get("sid"))
    if sid is None and claims.get("sub") is None:
        raise UpstreamError("sub")
    return sid


def _named(value: Any) -> str | None:
    """Return a name that may be left out."""
    if value is not None and not is_subject(value):
        raise UpstreamError("sub")
    return value


def _moment_of(claims: Any) -> datetime:
    """Return when a notice was made: just now, as its lifetime must be short."""
    now, iat, exp = unix(utcnow()), claims.get("iat"), claims.get("exp")
    if not is_moment(iat) or abs(now - iat) > LONGEST_SECONDS + SKEW_SECONDS:
        raise UpstreamError("iat")
    if exp is not None and (not is_moment(exp) or exp <= now - SKEW_SECONDS):
        raise UpstreamError("exp")
    return datetime.fromtimestamp(iat, UTC)
