"""What comes back to the callback (RFC 6749 §4.1.2, RFC 9207; pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.errors import UpstreamError

KNOWN = ("code", "state", "iss", "error", "user")
LONGEST = 4096
CANCELLED = frozenset({"access_denied", "user_cancelled_authorize", "consent_required"})


@dataclass(frozen=True)
class Cancelled:
    """The user said no at the provider."""


@dataclass(frozen=True)
class GivenCode:
    """A code, which the token endpoint of the same provider exchanges."""

    code: str = field(repr=False)


def kept_fields(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is looked at of an authorization response, none of it too long."""
    fields = {name: given[name] for name in KNOWN if given.get(name)}
    return {name: text for name, text in fields.items() if len(text) <= LONGEST}


def read_response(
    fields: Mapping[str, str], endpoints: Endpoints
) -> GivenCode | Cancelled:
    """Return what a provider answers; raises UpstreamError.

    Whoever it is said to be from must be the provider that was asked: errors too
    (RFC 9207 §2.4).
    """
    named = fields.get("iss")
    if named is not None and endpoints.issuer and named != endpoints.issuer:
        raise UpstreamError("iss")
    if named is None and endpoints.says_issuer:
        raise UpstreamError("iss")
    if "error" in fields:
        if fields["error"] in CANCELLED:
            return Cancelled()
        raise UpstreamError("provider_error")
    if "code" not in fields:
        raise UpstreamError("code")
    return GivenCode(fields["code"])
