"""Which headers pass (pure): nothing that says who somebody is, in either direction."""

from collections.abc import Iterable
from typing import Final

from idp_rp.messages import Headers

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
    }
)
# All that a call says beside who makes it. Names that proxies vouch with are many, and
# more are to come: what is not here passes where an API names it.
SENT: Final = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "content-digest",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-range",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "prefer",
        "range",
        "traceparent",
        "tracestate",
        "user-agent",
    }
)
# What would set cookies or rules for the app's own origin, or open it to others.
NOT_RETURNED: Final = HOP_BY_HOP | {
    "alt-svc",
    "clear-site-data",
    "content-length",
    "content-security-policy",
    "content-security-policy-report-only",
    "location",
    "nel",
    "refresh",
    "report-to",
    "reporting-endpoints",
    "server",
    "service-worker-allowed",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "x-content-type-options",
}
NOT_RETURNED_BEGINNINGS: Final = ("access-control-", "cross-origin-", "proxy-")


def to_api(headers: Iterable[tuple[str, str]], *, named: Iterable[str] = ()) -> Headers:
    """Return the headers of a page's call that its API gets, ``named`` ones too.

    Names are compared as they are: one with an underscore, which careless servers read
    as a hyphen, is none of these.
    """
    given = list(headers)
    passing = (SENT | {name.lower() for name in named}) - _named_by_connection(given)
    return [(name, value) for name, value in given if name.lower() in passing]


def to_page(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers of an API's answer that the page gets.

    No cache that users share may keep it, and no document is made of it.
    """
    given = list(headers)
    left_out = NOT_RETURNED | _named_by_connection(given)
    kept = [
        (name, value)
        for name, value in given
        if name.lower() not in left_out
        and not name.lower().startswith(NOT_RETURNED_BEGINNINGS)
        and not _asks_for_password(name, value)
    ]
    if not _is_private(kept):
        kept = [pair for pair in kept if pair[0].lower() != "cache-control"]
        kept.append(("Cache-Control", "no-store"))
    guard = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return [
        *kept,
        ("Content-Security-Policy", guard),
        ("X-Content-Type-Options", "nosniff"),
    ]


def _named_by_connection(headers: Headers) -> set[str]:
    """Return what is meant for the next hop only (RFC 9110 §7.6.1)."""
    return {
        option.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for option in value.split(",")
    }


def _asks_for_password(name: str, value: str) -> bool:
    """Tell whether a browser would ask its user for a password of the API."""
    return name.lower() == "www-authenticate" and not value.lower().startswith("bearer")


def _is_private(headers: Headers) -> bool:
    said = ",".join(v for k, v in headers if k.lower() == "cache-control").lower()
    words = {word.strip() for word in said.split(",")}
    return "public" not in words and not words.isdisjoint({"private", "no-store"})
