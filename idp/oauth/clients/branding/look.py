"""Change a client's look, links and contacts in one go, and gather all mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from idp.core.errors import FieldError, IdpError
from idp.oauth.clients.branding.brands import Which, remove_logo, set_colour, set_logo
from idp.oauth.clients.branding.files import DARK_LOGO, LOGO
from idp.oauth.clients.changes import change_client, get_client


@dataclass(frozen=True)
class LogoWish:
    """A new file, or the end of the old one; neither leaves it as it is."""

    upload: bytes = b""
    remove: bool = False


@dataclass(frozen=True)
class Look:
    """What was asked for; empty links and an empty colour are taken away."""

    colour: str
    links: Mapping[str, str]
    contacts: list[str]
    logo: LogoWish
    dark_logo: LogoWish


def change_look(client_id: str, wanted: Look, *, by: str | None) -> list[FieldError]:
    """Make every change and return what was refused; the caller undoes it all then."""
    metadata = {
        **get_client(client_id).registered,
        **{name: uri or None for name, uri in wanted.links.items()},
        "contacts": wanted.contacts,
    }
    return [
        *_refused(partial(change_client, client_id, metadata, by=by)),
        *_refused(partial(set_colour, client_id, wanted.colour, by=by)),
        *_change_logo(client_id, LOGO, wish=wanted.logo, by=by),
        *_change_logo(client_id, DARK_LOGO, wish=wanted.dark_logo, by=by),
    ]


def _change_logo(
    client_id: str, which: Which, *, wish: LogoWish, by: str | None
) -> list[FieldError]:
    """Take a new logo, or take the old one away."""
    if wish.upload:
        found = _refused(partial(set_logo, client_id, which, upload=wish.upload, by=by))
        return [FieldError(which, error.code, error.message) for error in found]
    if wish.remove:
        remove_logo(client_id, which, by=by)
    return []


def _refused(change: Callable[[], object]) -> list[FieldError]:
    """Make a change and return its mistakes; a missing client is no mistake of it."""
    try:
        change()
    except IdpError as refusal:
        if not refusal.errors:
            raise
        return list(refusal.errors)
    return []
