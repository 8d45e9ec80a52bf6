"""The frame of the admin pages: menu, tabs of one client, who is signed in."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.admin.menu import menu_here
from idp.oauth.clients.kinds import Kind, kind_of
from idp.oauth.models import Client
from idp.web.browser.reauth_form import FIELD as HELD
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.pages import page

KIND_WORDS = {
    Kind.SPA: lazy_gettext("Single-page app"),
    Kind.WEB: lazy_gettext("Web server"),
    Kind.NATIVE: lazy_gettext("Native app or command line"),
    Kind.DEVICE: lazy_gettext("Device"),
    Kind.MACHINE: lazy_gettext("Machine"),
}
TABS = (
    ("client_setup", lazy_gettext("Setup")),
    ("client_settings", lazy_gettext("Settings")),
    ("client_secrets", lazy_gettext("Secrets")),
    ("client_branding", lazy_gettext("Branding")),
    ("client_consent", lazy_gettext("Consent & scopes")),
    ("client_access", lazy_gettext("People & roles")),
    ("client_deliveries", lazy_gettext("Deliveries")),
    ("client_activity", lazy_gettext("Sign-in activity")),
    ("client_danger", lazy_gettext("Danger zone")),
)


@dataclass(frozen=True)
class ShownClient:
    """What the frame of a client's pages shows of it."""

    client_id: str
    client_name: str
    kind: str
    machine: bool
    disabled: bool


def admin_page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page in the administration's frame."""
    shown: dict[str, Any] = {
        "navigation": menu_here(),
        "account_label": get_session().email,
        "returned": HELD in request.args and request.method == "GET",
        "may_change": access.may_change_here(),
    }
    return page(template, status=status, **(shown | context))


def client_page(template: str, client: Client, **context: Any) -> Response:
    """Render one of the pages about a client."""
    listed = _tabs(client.client_id)
    return admin_page(
        template,
        client=_shown(client),
        tabs=listed,
        here=next((tab["url"] for tab in listed if tab["current"]), None),
        try_url=_try_url(client),
        **context,
    )


def _try_url(client: Client) -> str | None:
    """Return where a client is tried, for who may do so; None for a machine."""
    if kind_of(client.registered) is Kind.MACHINE:
        return None
    if Permission.CLIENTS_WRITE not in access.held_here():
        return None
    return url_for("client_trial.show_trial", client_id=client.client_id)


def _shown(client: Client) -> ShownClient:
    """Return what the frame shows."""
    kind = kind_of(client.registered)
    return ShownClient(
        client_id=client.client_id,
        client_name=client.client_name,
        kind=str(KIND_WORDS[kind]),
        machine=kind is Kind.MACHINE,
        disabled=client.disabled_at is not None,
    )


def _tabs(client_id: str) -> list[dict[str, object]]:
    """Return the pages about a client, with the one being shown marked.

    The last one has nothing but buttons.
    """
    held = access.held_here()
    shown = TABS if Permission.CLIENTS_WRITE in held else TABS[:-1]
    return [
        {
            "url": url_for(f"{name}.{_shown_by(name)}", client_id=client_id),
            "label": label,
            "current": request.blueprint == name,
        }
        for name, label in shown
    ]


def _shown_by(blueprint: str) -> str:
    """Return the view that shows the page of a tab."""
    return blueprint.replace("client_", "show_")
