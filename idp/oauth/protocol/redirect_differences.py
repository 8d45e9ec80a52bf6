"""What is wrong with a redirect URI that is not registered, in words for developers."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

UNREADABLE_PORT = -1


class Parts(NamedTuple):
    """A URI taken apart for comparison only; nothing is decided by it."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str


def describe_differences(registered: Iterable[str], requested: str) -> tuple[str, ...]:
    """Return how ``requested`` differs from the registered URI nearest to it.

    The registered URIs themselves stay unsaid: anyone may see this page.
    """
    candidates = [
        _findings(_take_apart(uri), _take_apart(requested)) for uri in registered
    ]
    nearest = min(candidates, key=len, default=("no redirect URI is registered",))
    return (*nearest, *_spelling_findings(requested))


def _take_apart(uri: str) -> Parts:
    """Return the parts of a URI; of one that no parser reads, all is path."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return Parts("", "", None, uri, "", "")
    try:
        port = parts.port
    except ValueError:
        port = UNREADABLE_PORT
    return Parts(parts.scheme, host, port, parts.path, parts.query, parts.fragment)


def _findings(registered: Parts, requested: Parts) -> tuple[str, ...]:
    """Return one sentence for each part that differs."""
    if registered == requested:
        return ("only the spelling differs: compare upper and lower case",)
    return tuple(
        _path_finding(registered.path, requested.path)
        if name == "path"
        else f"the {name} differs"
        for name, want, got in zip(Parts._fields, registered, requested, strict=True)
        if want != got
    )


def _spelling_findings(requested: str) -> tuple[str, ...]:
    """Say how what is beyond ASCII is registered: as browsers write it."""
    if requested.isascii():
        return ()
    return ("characters beyond ASCII are not encoded: send the URI as browsers do",)


def _path_finding(registered: str, requested: str) -> str:
    """Return what differs in two paths, as exactly as it can be said."""
    if registered.rstrip("/") == requested.rstrip("/"):
        return "the slash at the end of the path differs"
    if registered.lower() == requested.lower():
        return "upper and lower case differ in the path"
    return "the path differs"
