"""What an upstream provider tells of a user beside, or instead of, an ID Token."""

from collections.abc import Iterable, Mapping
from typing import Any

from idp.federation.upstream.discovery import Endpoints
from idp.federation.upstream.documents import as_object, fetch_json
from idp.federation.upstream.errors import UpstreamError


def fetch_userinfo(
    endpoints: Endpoints, *, access_token: str, subject: str | None
) -> Mapping[str, Any]:
    """Return the claims of the UserInfo endpoint; none where there is no endpoint.

    What is said of another than ``subject`` is refused (OIDC Core §5.3.4).
    """
    if endpoints.userinfo is None:
        return {}
    claims = as_object(fetch_json(endpoints.userinfo, token=access_token))
    if subject is not None and claims.get("sub") != subject:
        raise UpstreamError("userinfo_sub")
    return claims


def fetch_address(endpoints: Endpoints, *, access_token: str) -> Mapping[str, Any]:
    """Return ``email`` and ``email_verified`` of where a provider lists addresses.

    The primary one if it is verified, else any that is; nothing where none is.
    """
    if endpoints.emails is None:
        return {}
    listed = fetch_json(endpoints.emails, token=access_token)
    if not isinstance(listed, list):
        raise UpstreamError("emails")
    address = _best(entry for entry in listed if isinstance(entry, dict))
    return {} if address is None else {"email": address, "email_verified": True}


def _best(entries: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the address to take: verified, and the primary one rather."""
    verified = [
        entry
        for entry in entries
        if entry.get("verified") is True and isinstance(entry.get("email"), str)
    ]
    verified.sort(key=lambda entry: entry.get("primary") is not True)
    return verified[0]["email"] if verified else None
