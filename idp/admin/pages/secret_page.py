"""A new secret at the only moment it can be read: copied, or kept as a file."""

from base64 import b64encode

from flask import Response, url_for

from idp.admin.pages.frame import client_page
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.snippets.setup import SECRET_VARIABLE
from idp.web.browser.shown_once import show_once


def lead_to_secret(
    client_id: str, secret: str, *, framework: str = "", new_client: bool = False
) -> Response:
    """Answer the form that made a secret: the page it leads to shows it once."""
    page = url_for("client_secrets.show_secret", client_id=client_id)
    made = {"new": "1"} if new_client else {}
    return show_once(page, secret=secret, framework=framework, **made)


def secret_page(client_id: str, shown: dict[str, str]) -> Response:
    """Show a secret, and lead to where the app is set up."""
    secret, framework = shown["secret"], shown["framework"]
    environment = (
        f"IDP_ISSUER={current(ServerSettings).issuer}\n"
        f"IDP_CLIENT_ID={client_id}\n"
        f"{SECRET_VARIABLE}={secret}\n"
    )
    encoded = b64encode(environment.encode()).decode()
    return client_page(
        "admin/clients/secret.html",
        get_client(client_id),
        secret=secret,
        file_url=f"data:text/plain;base64,{encoded}",
        new_client="new" in shown,
        setup_url=url_for(
            "client_setup.show_setup", client_id=client_id, target=framework or None
        ),
    )
