"""Where a URI leads, in a word (pure)."""

from urllib.parse import urlsplit


def host_of(uri: str | None) -> str | None:
    """Return the part of a URI that tells people where it leads.

    That is the host; a private-use scheme (RFC 8252 §7.1) is an app on the device, of
    which only the scheme says whose it is.
    """
    parts = urlsplit(uri or "")
    web = parts.scheme in ("https", "http")
    return (parts.hostname if web else parts.scheme) or None
