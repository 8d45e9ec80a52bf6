"""Where a mailed link leads on to, as a program asks for it.

That is a path of this server, or a page at the origin of an app's redirect URI. A page
of an app is offered by a button that names its host, never followed by itself, and not
where a session begins (security.md §7).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients import origins
from idp.oauth.protocol.redirect_uris import origin_of
from idp.security import audit
from idp.web.redirects import local_path


@dataclass(frozen=True)
class PageOfApp:
    """A page at an app's origin, and the host that its button names."""

    url: str
    host: str


@contextmanager
def destination_of(return_url: str | None) -> Iterator[str]:
    """Yield the path, or the app's page, that a URL names; empty for any other URL.

    Such a URL is noted in the audit log, after what is done with the destination: that
    counts tries first, and nothing may be written before.
    """
    found = _destination(return_url) if return_url else ""
    yield found
    if return_url and not found:
        audit.record("redirect.rejected", outcome="refused", parameter="return_url")


def page_of_app(wanted: str | None) -> PageOfApp | None:
    """Return the page that a URL names, if an app that is switched on lives there.

    It is asked again where the button is shown: the app may be gone by then.
    """
    if not wanted or not wanted.isprintable() or not wanted.isascii():
        return None
    origin = _origin_of(wanted)
    if origin is None or not origins.is_registered(origin):
        return None
    return PageOfApp(wanted, origin.partition("://")[2])


def _destination(return_url: str) -> str:
    """Return what a URL leads to, without our own origin; empty for a foreign one."""
    issuer = current(ServerSettings).issuer
    here = f"{return_url}/".startswith(f"{issuer}/")
    wanted = (return_url.removeprefix(issuer) or "/") if here else return_url
    known = local_path(wanted, default="") or page_of_app(wanted)
    return wanted if known else ""


def _origin_of(url: str) -> str | None:
    """Return the origin of a URL that begins with it, as it is registered.

    A URL that other programs could read another way (user names, backslashes, a port
    of its scheme written out) is none.
    """
    try:
        origin = origin_of(url)
    except ValueError:  # a port that is no number
        return None
    if origin is None or "\\" in url or " " in url:
        return None
    begins = url == origin or url.startswith(tuple(f"{origin}{end}" for end in "/?#"))
    return origin if begins else None
