"""What one member of client metadata may hold, whatever the others say (pure).

Each check returns what is wrong with a value, None when nothing is.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from idp.core.text import name_hint, worded
from idp.oauth.clients.metadata.web_addresses import WEB, flaw_of
from idp.oauth.protocol import scopes
from idp.oauth.protocol.redirect_uris import (
    IS_HTTP,
    is_loopback_name,
    is_web_origin,
)
from idp.oauth.protocol.resources import is_resource
from idp.security.outbound.targets import take_apart

Check = Callable[[Any], str | None]

MAX_TEXT = 255
MAX_ITEMS = 50
NO_PAGE = worded("must be an address, like https://app.example/terms")
MIN_LIFETIME, MAX_LIFETIME = 60, 10 * 365 * 24 * 3600


def one_of(*words: str) -> Check:
    """Return a check for one of some words."""

    def check(value: Any) -> str | None:
        if isinstance(value, str) and value in words:
            return None
        said = ", ".join(words)
        return worded(
            "must be one of %(known)s, not %(value)s", known=said, value=repr(value)
        )

    return check


def some_of(*words: str) -> Check:
    """Return a check for a list of some words."""

    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return worded("must be a list")
        wrong = [item for item in value if item not in words]
        said = ", ".join(words)
        return _first(wrong, worded("is not one of %(known)s", known=said))

    return check


def called_uri(path: str) -> Check:
    """Return a check for an address that is called; ``path`` is for the example."""

    def check(value: Any) -> str | None:
        target = take_apart(value) if isinstance(value, str) else None
        if target is None:
            example = f"https://app.example/{path}"
            return worded(
                "must be an https URL without fragment, like %(url)s", url=example
            )
        if target.parts.scheme == "http" and not is_loopback_name(target.host):
            return IS_HTTP
        return None

    return check


def uris(value: Any) -> str | None:
    """Check a list of strings, each once."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return worded("must be a list of URIs")
    if len(value) > MAX_ITEMS:
        return worded("has more than %(most)s URIs", most=MAX_ITEMS)
    return worded("holds one URI twice") if len(set(value)) < len(value) else None


def origins(value: Any) -> str | None:
    """Check a list of web origins, as browsers write them (RFC 6454 §6.2)."""
    problem = uris(value)
    if problem:
        return problem
    wrong = [item for item in value if not is_web_origin(item)]
    return _first(wrong, worded("is no origin, like https://app.example"))


def text(value: Any) -> str | None:
    """Check a line of text to show."""
    if not isinstance(value, str):
        return worded("must be a line of text without control characters")
    if len(value) > MAX_TEXT:
        return worded("is longer than %(most)s characters", most=MAX_TEXT)
    return name_hint(value)


def page(value: Any) -> str | None:
    """Check an https URL of a page or picture."""
    return flaw_of(value) if isinstance(value, str) else NO_PAGE


def start_page(value: Any) -> str | None:
    """Check where an app begins a sign-in; http is of this machine."""
    if not isinstance(value, str):
        return NO_PAGE
    flaw = flaw_of(value, schemes=WEB)
    parts = urlsplit("" if flaw else value)
    if parts.scheme == "http" and not is_loopback_name(parts.hostname or ""):
        return IS_HTTP
    return flaw


def scope(value: Any) -> str | None:
    """Check a scope (RFC 6749 §3.3)."""
    well_formed = isinstance(value, str) and scopes.parse(value) is not None
    return (
        None
        if well_formed
        else worded("must be scope values with single spaces between")
    )


def words(value: Any) -> str | None:
    """Check a short list of words."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return worded("must be a list of words")
    wrong = [item for item in value if text(item)]
    return _first(wrong, worded("is no word"))


def emails(value: Any) -> str | None:
    """Check a list of email addresses."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return worded("must be a list of email addresses")
    wrong = [v for v in value if text(v) or "@" not in v or " " in v]
    return _first(wrong, worded("is no email address"))


def resources(value: Any) -> str | None:
    """Check a list of resources (RFC 8707 §2)."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return worded("must be a list of resources, as in the aud of access tokens")
    wrong = [
        item for item in value if not isinstance(item, str) or not is_resource(item)
    ]
    return _first(wrong, worded("is no absolute URI without fragment"))


def resource(value: Any) -> str | None:
    """Check one resource (RFC 8707 §2)."""
    good = isinstance(value, str) and is_resource(value)
    return None if good else worded("must be an absolute URI without fragment")


def seconds(value: Any) -> str | None:
    """Check a number of seconds."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return None if whole else worded("must be a number of seconds, 0 or more")


def lifetime(value: Any) -> str | None:
    """Check how many seconds something may be used."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and MIN_LIFETIME <= value <= MAX_LIFETIME:
        return None
    return worded(
        "must be a number of seconds, %(least)s to %(most)s",
        least=MIN_LIFETIME,
        most=MAX_LIFETIME,
    )


def boolean(value: Any) -> str | None:
    """Check true or false."""
    return None if isinstance(value, bool) else worded("must be true or false")


def _first(wrong: Sequence[Any], problem: str) -> str | None:
    """Say of the first wrong item what is wrong with it; None if there is none."""
    if not wrong:
        return None
    return worded("%(value)s %(problem)s", value=repr(wrong[0]), problem=problem)
