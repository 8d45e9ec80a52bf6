"""What waits behind a sign-in page: an extension point for higher slices.

Account pages carry ``return_to``, a path on this server. When it leads back into a
pending authorization request, the oauth slice can say whose it is; accounts never asks.
"""

from dataclasses import dataclass
from typing import Protocol

from idp.core.context import current
from idp.oauth.clients.branding.files import PLAIN, Brand


@dataclass(frozen=True)
class Destination:
    """What a sign-in or sign-up page tells and asks because of what waits behind it.

    ``reauthenticate`` wants a new proof of identity although the browser is signed in
    (``prompt=login``, ``max_age``); ``signed_request`` rides in the form, so that the
    request can be restored when its stored copy has expired.
    """

    client_name: str
    login_hint: str | None = None
    reauthenticate: bool = False
    ui_locales: tuple[str, ...] = ()
    signed_request: str = ""
    brand: Brand = PLAIN


class WaitingRoom(Protocol):
    """What the owner of pending requests can do with a ``return_to``."""

    def describe(self, return_to: str) -> Destination | None:
        """Say what waits behind ``return_to`` for this browser, None if nothing."""

    def renew(self, return_to: str, signed_request: str) -> str:
        """Return ``return_to``, or a new one when the stored request has expired."""

    def rebind(self, old_browsers: list[str], new_browser: str) -> None:
        """Give the requests of a browser, by cookie digests, to its new cookie."""


class Destinations:
    """The app's one waiting room, filled in ``create_app``."""

    def __init__(self, room: WaitingRoom) -> None:
        self.room = room


def waiting_room() -> WaitingRoom:
    """Return the running app's waiting room."""
    return current(Destinations).room
