"""The frame of the account pages: menu and who is signed in."""

from fnmatch import fnmatchcase
from typing import Any

from flask import Response, request
from flask_babel import gettext

from idp.accounts.access.permissions import Permission, permissions_of
from idp.accounts.sessions.find import LiveSession
from idp.federation.providers.offered import list_offered
from idp.oauth.personal_tokens.use import allowed
from idp.web.browser.further import may_have_further
from idp.web.pages import page

Item = tuple[str, str, str, tuple[str, ...]]  # path, label, icon, parts of it
EMAIL = ("/account/email", "/account/emails")

WAYS_IN = (
    "/account/password",
    "/account/passkeys",
    "/account/passkeys/new",
    "/account/totp",
    "/account/totp/new",
    "/account/recovery-codes",
)


def account_page(template: str, live: LiveSession, **context: Any) -> Response:
    """Render a page in the account's frame."""
    return page(
        template, navigation=_navigation(live), account_label=live.email, **context
    )


def _navigation(live: LiveSession) -> list[dict[str, object]]:
    """Return the menu: one group, with the page being shown marked or its parent.

    Who may see something of the administration finds the way there.
    """
    items: tuple[Item, ...] = (
        ("/account", gettext("Your account"), "user", ()),
        ("/account/profile", gettext("Profile"), "card", EMAIL),
        (
            "/account/security",
            gettext("Sign-in & security"),
            "lock",
            WAYS_IN,
        ),
        ("/account/sessions", gettext("Devices"), "device", ()),
        ("/account/apps", gettext("Apps"), "apps", ()),
        *_links_item(),
        ("/account/orgs", gettext("Organizations"), "people", ("/account/orgs/*",)),
        *_tokens_item(),
        (
            "/account/activity",
            gettext("Activity"),
            "clock",
            ("/account/activity/not-me",),
        ),
        ("/account/data", gettext("Your data"), "file", ()),
        _accounts_item(),
    )
    if Permission.USERS_READ in permissions_of(live.roles):
        items += (("/admin", gettext("Administration"), "globe", ()),)
    shown = [
        {
            "url": url,
            "label": label,
            "icon": icon,
            "current": request.path == url or _is_part(parts),
        }
        for url, label, icon, parts in items
    ]
    return [{"label": None, "items": shown}]


def _is_part(parts: tuple[str, ...]) -> bool:
    """Tell whether the page being shown is one of these, or below one with a star."""
    return any(fnmatchcase(request.path, part) for part in parts)


def _links_item() -> tuple[Item, ...]:
    """Return the way to linked accounts, where there is a provider."""
    if not list_offered():
        return ()
    return (("/account/links", gettext("Linked accounts"), "people", ()),)


def _accounts_item() -> Item:
    """Return the way to the browser's other accounts, or to a second one."""
    if may_have_further():
        return ("/login/select", gettext("Switch account"), "people", ())
    return ("/login?switch=1", gettext("Use another account"), "people", ())


def _tokens_item() -> tuple[Item, ...]:
    """Return the way to personal access tokens, where the instance allows them."""
    if not allowed():
        return ()
    label = gettext("Access tokens")
    return (("/account/tokens", label, "key", ("/account/tokens/new",)),)
