"""Redirect URIs: which may be registered, and when a requested one matches (pure)."""

import re
from urllib.parse import SplitResult, urlsplit

from idp.core.text import worded

MAX_LENGTH = 2048
MAX_PORT = 65535
LOOPBACK = re.compile(
    r"(http://(?:127\.0\.0\.1|\[::1\]))(?::(?P<port>[0-9]{1,5}))?(/[!-~]*)?"
)
MAX_ORIGIN = 300
ORIGIN = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://"
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?"
)
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
IS_HTTP = worded(
    "is http: use https (http is for localhost, *.localhost, 127.0.0.1 and [::1] only)"
)
# Schemes that a browser runs or reads instead of handing them to an app.
DANGEROUS_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem"}
)
# Schemes of protocols, which other programs on a device answer.
SHARED_SCHEMES = frozenset(
    {"chrome", "facetime", "ftp", "ftps", "geo", "git", "imap", "intent", "irc", "jar"}
    | {"ldap", "ldaps", "magnet", "mailto", "market", "ms-settings", "news", "nntp"}
    | {"resource", "sip", "sips", "sms", "ssh", "tel", "telnet", "urn", "view-source"}
    | {"webcal", "ws", "wss", "xmpp"}
)
SIGNS = {
    " ": worded("holds a space: take it out, or percent-encode it"),
    "\\": worded("holds a backslash: addresses have forward slashes"),
    "#": worded("has a fragment: drop the # and what follows it"),
    "*": worded("has a wildcard: register each URI in full"),
}
TRY_PATH = "/admin/apps/try"  # where a client is tried (oauth.trials); never registered
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
DEFAULT_PORTS = {"http": 80, "https": 443}


def redirect_uri_matches(registered: str, requested: str, *, native: bool) -> bool:
    """Tell whether ``requested`` may stand for ``registered``.

    Strings are compared exactly (RFC 9700 §2.1). The one exception is a native
    client on an http loopback address, whose port is chosen at run time (RFC 8252
    §7.3); ``localhost`` does not count as loopback (RFC 8252 §8.3). Both strings
    are matched as written, never through a URL parser: parsers forgive tabs, line
    ends, letter case and empty fragments.
    """
    if registered == requested:
        return True
    if not native:
        return False
    want, got = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(requested)
    if not want or not got or not 1 <= int(got["port"] or 80) <= MAX_PORT:
        return False
    return want.group(1, 3) == got.group(1, 3)


def is_loopback_name(host: str) -> bool:
    """Tell whether a host is this machine by its name (RFC 6761 §6.3)."""
    return host in LOOPBACK_HOSTS or host.endswith(".localhost")


def try_uri(issuer: str) -> str:
    """Return the redirect URI of requests by which operators try a client."""
    return f"{issuer}{TRY_PATH}"


def registrable(uri: str, *, application_type: str, issuer: str) -> str | None:
    """Return why ``uri`` cannot be registered and what would help; None if it can.

    The rules are those of RFC 9700 §2.1, RFC 8252 §7 and §8.4, OIDC Registration §2.
    """
    problem = _spelling_problem(uri)
    if problem:
        return problem
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return worded("is not a URI: check the host and the port")
    if parts.scheme in DANGEROUS_SCHEMES:
        return worded(
            "uses the scheme %(scheme)s, which browsers run: use https",
            scheme=parts.scheme,
        )
    if parts.scheme in ("https", "http"):
        return _web_problem(parts, port, issuer=issuer)
    return _private_scheme_problem(parts, native=application_type == "native")


def has_short_scheme(uri: str) -> bool:
    """Tell whether a URI has a private scheme that is no domain (RFC 8252 §7.1).

    Two apps may come upon the same one, and the device asks nobody which it means.
    """
    scheme = uri.partition(":")[0].lower()
    return scheme not in DEFAULT_PORTS and "." not in scheme


def origin_of(uri: str) -> str | None:
    """Return the web origin of an http or https URI (RFC 6454 §6.1), else None."""
    parts = urlsplit(uri)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port in (None, DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def is_web_origin(text: str) -> bool:
    """Tell whether a text is an origin as browsers send it; http is of this machine.

    Embedded web views have schemes of their own, like ``capacitor://localhost``.
    """
    found = ORIGIN.fullmatch(text)
    if not found or len(text) > MAX_ORIGIN or found["scheme"] in DANGEROUS_SCHEMES:
        return False
    if found["scheme"] not in DEFAULT_PORTS:
        return True
    parts = urlsplit(text)
    local = parts.scheme == "https" or is_loopback_name(parts.hostname or "")
    return local and origin_of(text) == text


def host_of(uri: str | None) -> str | None:
    """Return the part of a URI that tells users where it leads.

    That is the host; a private-use scheme (RFC 8252 §7.1) is an app on the device, of
    which only the scheme says whose it is.
    """
    parts = urlsplit(uri or "")
    web = parts.scheme in DEFAULT_PORTS
    return (parts.hostname if web else parts.scheme) or None


def _spelling_problem(uri: str) -> str | None:
    """Return which character or part may not stand in any redirect URI."""
    if len(uri) > MAX_LENGTH:
        return worded("is longer than %(most)s characters", most=MAX_LENGTH)
    found = (problem for sign, problem in SIGNS.items() if sign in uri)
    first = next(found, None)
    if first:
        return first
    if not uri.isascii() or not uri.isprintable():
        return worded("holds a control or non-ASCII character: percent-encode it")
    if ":" not in uri:
        return worded(
            "has no scheme: write it in full, like https://app.example/callback"
        )
    return None


def _web_problem(parts: SplitResult, port: int | None, *, issuer: str) -> str | None:
    """Return what is wrong with an http or https redirect URI."""
    host = parts.hostname or ""
    if "@" in parts.netloc:
        return worded("holds a user name or password: drop the part before the @")
    if not HOST.fullmatch(host) and host != "::1":
        return worded(
            "has no valid host name: write it like https://app.example/callback"
        )
    if parts.scheme == "http" and not is_loopback_name(host):
        return IS_HTTP
    if (parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]) == _address(issuer):
        return worded("is on this server itself: register a URI of the app")
    return None


def _private_scheme_problem(parts: SplitResult, *, native: bool) -> str | None:
    """Return what is wrong with a private-use scheme (RFC 8252 §7.1, §8.4)."""
    if not parts.scheme:
        return worded(
            "has no scheme: write it in full, like https://app.example/callback"
        )
    if not native:
        return worded("has a scheme of its own: use https, or application_type native")
    if parts.scheme in SHARED_SCHEMES:
        return worded(
            "uses the scheme %(scheme)s, which other programs answer: use one of the "
            "app's own",
            scheme=parts.scheme,
        )
    if parts.netloc and "@" in parts.netloc:
        return worded("holds a user name or password: drop the part before the @")
    return None


def _address(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an http or https URL."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port
