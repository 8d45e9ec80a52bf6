"""The app behind the path that a mailed link goes on with."""

from urllib.parse import parse_qs, urlsplit

from idp.accounts.registration.waitlist.letting_in import WELCOME
from idp.mail.apps import MailedApp
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.origins import client_at


def find_mailed_app(return_to: str) -> MailedApp | None:
    """Return what a mail says of the app that waits there; None for one out of use."""
    client = find_client(_client_behind(return_to))
    if client is None or client.disabled:
        return None
    brand = client.brand
    return MailedApp(client.client_name, brand.colour, brand.logo_url)


def _client_behind(return_to: str) -> str | None:
    """Return the client of a stored request, or of a page, that of a waitlist too.

    Whose request it is does not matter: whoever can ask for the mail can make one. A
    page is that of the one client at its origin.
    """
    waiting = pending_requests.find_by_path(return_to, browsers=[])
    if waiting is not None:
        return waiting.client_id
    url = urlsplit(return_to)
    if url.netloc:
        return client_at(f"{url.scheme}://{url.netloc}")
    named = parse_qs(url.query).get("client_id") if url.path == WELCOME else None
    return named[0] if named else None
