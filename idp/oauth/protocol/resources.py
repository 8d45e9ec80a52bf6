"""Resource indicators (RFC 8707)."""

from urllib.parse import urlsplit

from idp.oauth.protocol.refusals import OAuthRefusal

MAX_RESOURCES = 8


def parse_resources(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the resources without repetition, in order.

    Each must be an absolute URI without a fragment (RFC 8707 §2); a token for more
    than a handful is refused, as its audience would mean nothing.
    """
    if len(values) > MAX_RESOURCES or not all(map(is_resource, values)):
        raise OAuthRefusal(
            "invalid_target", "resource must be an absolute URI without a fragment"
        )
    return tuple(dict.fromkeys(values))


def is_resource(value: str) -> bool:
    """Tell whether ``value`` is an absolute URI without a fragment (RFC 3986 §4.3)."""
    if not value.isascii() or not value.isprintable() or " " in value or "#" in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))
