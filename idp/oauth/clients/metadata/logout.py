"""Client metadata about being told of a sign-out (pure).

OIDC Back-Channel Logout 1.0 §2.2, OIDC Front-Channel Logout 1.0 §2.
"""

from collections.abc import Iterable
from typing import Any

from idp.oauth.protocol.redirect_uris import LOOPBACK_HOSTS, origin_of, registrable
from idp.security.outbound.targets import take_apart

BACKCHANNEL, FRONTCHANNEL = "backchannel_logout_uri", "frontchannel_logout_uri"
URIS = (BACKCHANNEL, FRONTCHANNEL)
# Taken and kept; it makes no difference, because sid and iss are always sent.
SESSION_REQUIRED = (
    "backchannel_logout_session_required",
    "frontchannel_logout_session_required",
)


def uri_problem(value: Any) -> str | None:
    """Return why ``value`` is no address at which a client can be told."""
    target = take_apart(value) if isinstance(value, str) else None
    if target is None:
        return "must be an https URL without fragment, like https://app.example/logout"
    if target.parts.scheme == "http" and target.host not in LOOPBACK_HOSTS:
        return "is http: use https (http is for localhost, 127.0.0.1 and [::1] only)"
    return None


def frontchannel_problem(
    uri: str, *, redirect_uris: Iterable[str], issuer: str
) -> str | None:
    """Return why browsers cannot be sent to ``uri`` at a sign-out.

    Its origin must be that of a redirect URI (§2): a page of ours shows it in a frame.
    """
    problem = registrable(uri, application_type="web", issuer=issuer)
    if problem:
        return problem
    if origin_of(uri) in {origin_of(registered) for registered in redirect_uris}:
        return None
    return "must have the scheme, host and port of one of the redirect_uris"
