"""Where a sign-in page leads: the page or the app's request that waits behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext

from idp.accounts.sign_in.completion import SignedIn
from idp.core.context import current
from idp.core.server_settings import ServerSettings
from idp.web.authorization.destinations import Destination, waiting_room
from idp.web.browser import session as web_session
from idp.web.browser.csrf import cookies_blocked
from idp.web.browser.session import current_session
from idp.web.i18n import prefer
from idp.web.pages import set_branding
from idp.web.redirects import local_path, redirect_to

HOME = "/account"


@dataclass(frozen=True)
class Onward:
    """A local path, and what the owner of a request behind it wants.

    ``signed_request`` restores the request when its stored copy has expired.
    """

    return_to: str
    destination: Destination | None
    signed_request: str

    @property
    def client_name(self) -> str | None:
        """Return the app that waits."""
        return self.destination.client_name if self.destination else None

    @property
    def login_hint(self) -> str | None:
        """Return whom the app expects."""
        return self.destination.login_hint if self.destination else None

    @property
    def reauthenticate(self) -> bool:
        """Tell whether the app wants a new proof of identity."""
        return bool(self.destination and self.destination.reauthenticate)

    @property
    def form_continue(self) -> dict[str, str]:
        """Return what the page's forms carry along."""
        kept = self.return_to if self.return_to != HOME else ""
        return {"return_to": kept, "request": self.signed_request}

    def url(self, path: str, **query: str) -> str:
        """Return the address of another page that leads to the same place."""
        kept = {"return_to": self.return_to} if self.return_to != HOME else {}
        encoded = urlencode(kept | query)
        return f"{path}?{encoded}" if encoded else path


def read_onward() -> Onward:
    """Read from the query or the form where this page leads."""
    return_to = local_path(request.values.get("return_to"), default=HOME)
    destination = waiting_room().describe(return_to)
    signed = destination.signed_request if destination else ""
    prefer(destination.ui_locales if destination else ())
    set_branding(destination.brand if destination else None)
    return Onward(return_to, destination, signed or request.values.get("request", ""))


def nothing_to_ask(ahead: Onward) -> str | None:
    """Return where a browser that is signed in goes on, None if it has to sign in."""
    live = current_session()
    if live is None or ahead.reauthenticate:
        return None
    return web_session.onward(live, ahead.return_to)


def cookie_trouble() -> str | None:
    """Return what to tell a browser whose forms cannot be told from forgeries."""
    if not cookies_blocked():
        return None
    issuer = current(ServerSettings).issuer_host
    words: str = gettext(
        "Your browser is blocking cookies from %(issuer)s. Allow them and try again.",
        issuer=issuer,
    )
    return words


def go_on(signed_in: SignedIn, ahead: Onward) -> Response:
    """Send the browser on with the cookie of its new session."""
    return_to = restored_path(ahead)
    response = redirect_to(web_session.onward(signed_in.session, return_to))
    return web_session.sign_in_browser(response, signed_in)


def restored_path(ahead: Onward) -> str:
    """Return where to go on; a request that expired meanwhile is restored."""
    return waiting_room().renew(ahead.return_to, ahead.signed_request)
