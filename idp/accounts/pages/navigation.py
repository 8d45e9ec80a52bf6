"""The frame of the account pages: menu and who is signed in."""

from typing import Any

from flask import Response, request
from flask_babel import gettext

from idp.accounts.sessions import LiveSession
from idp.web.pages import page


def account_page(template: str, live: LiveSession, **context: Any) -> Response:
    """Render a page in the account's frame."""
    return page(template, navigation=navigation(), account_label=live.email, **context)


def navigation() -> list[dict[str, object]]:
    """Return the menu, with the page being shown marked."""
    items = (
        ("/account", gettext("Your account"), "user"),
        ("/account/password", gettext("Password"), "lock"),
    )
    return [
        {"url": url, "label": label, "icon": icon, "current": request.path == url}
        for url, label, icon in items
    ]
