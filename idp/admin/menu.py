"""The menu of the administration: pages in groups; a user sees what is open to them."""

from typing import Any, NamedTuple

from flask import request
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission, permissions_of
from idp.web.browser.session import get_session


class Entry(NamedTuple):
    """A page in the menu; without a permission it is for everybody."""

    url: str
    label: Any
    icon: str
    needs: Permission | None


OVERVIEW = "/admin"
MENU: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        None,
        (Entry(OVERVIEW, lazy_gettext("Overview"), "chart", Permission.USERS_READ),),
    ),
    (
        lazy_gettext("People"),
        (
            Entry(
                "/admin/users", lazy_gettext("People"), "user", Permission.USERS_READ
            ),
            Entry(
                "/admin/orgs",
                lazy_gettext("Organizations"),
                "card",
                Permission.ORGANIZATIONS_READ,
            ),
            Entry(
                "/admin/invites", lazy_gettext("Invites"), "send", Permission.USERS_READ
            ),
            Entry(
                "/admin/groups",
                lazy_gettext("Groups"),
                "people",
                Permission.GROUPS_READ,
            ),
            Entry(
                "/admin/attributes",
                lazy_gettext("Attributes"),
                "file",
                Permission.SETTINGS_READ,
            ),
            Entry(
                "/admin/approvals",
                lazy_gettext("Approvals"),
                "check",
                Permission.WAITLIST,
            ),
            Entry(
                "/admin/waitlist",
                lazy_gettext("Waitlist"),
                "clock",
                Permission.WAITLIST,
            ),
        ),
    ),
    (
        lazy_gettext("Apps"),
        (
            Entry(
                "/admin/clients", lazy_gettext("Apps"), "apps", Permission.CLIENTS_READ
            ),
            Entry("/admin/apis", lazy_gettext("APIs"), "globe", Permission.APIS_READ),
            Entry(
                "/admin/scopes", lazy_gettext("Scopes"), "check", Permission.APIS_READ
            ),
            Entry(
                "/admin/waitlists",
                lazy_gettext("Feature waitlists"),
                "clock",
                Permission.WAITLIST,
            ),
        ),
    ),
    (
        lazy_gettext("Sign-in"),
        (
            Entry(
                "/admin/providers",
                lazy_gettext("Providers"),
                "link",
                Permission.PROVIDERS_READ,
            ),
            Entry(
                "/admin/policies",
                lazy_gettext("Policies"),
                "lock",
                Permission.SETTINGS_READ,
            ),
        ),
    ),
    (
        lazy_gettext("Logs"),
        (
            Entry(
                "/admin/logs", lazy_gettext("Audit log"), "file", Permission.AUDIT_READ
            ),
            Entry(
                "/admin/refusals",
                lazy_gettext("Refusals"),
                "alert",
                Permission.AUDIT_READ,
            ),
            Entry(
                "/admin/mail", lazy_gettext("Mail"), "mail", Permission.DELIVERIES_READ
            ),
            Entry(
                "/admin/deliveries",
                lazy_gettext("Deliveries"),
                "leave",
                Permission.DELIVERIES_READ,
            ),
        ),
    ),
    (
        lazy_gettext("System"),
        (
            Entry(
                "/admin/keys", lazy_gettext("Signing keys"), "key", Permission.KEYS_READ
            ),
            Entry(
                "/admin/api-keys", lazy_gettext("API keys"), "card", Permission.API_KEYS
            ),
            Entry(
                "/admin/branding",
                lazy_gettext("Branding"),
                "page",
                Permission.SETTINGS_READ,
            ),
            Entry(
                "/admin/settings",
                lazy_gettext("Settings"),
                "sliders",
                Permission.SETTINGS_READ,
            ),
            Entry(
                "/admin/jobs", lazy_gettext("Jobs"), "clock", Permission.SETTINGS_READ
            ),
        ),
    ),
    (
        lazy_gettext("You"),
        (Entry("/account", lazy_gettext("Your account"), "user", None),),
    ),
)


def menu_here() -> list[dict[str, Any]]:
    """Return the groups, with the page being shown marked; all of it may be opened."""
    held = permissions_of(get_session().roles)
    groups = []
    for label, entries in MENU:
        shown = [
            _item(entry)
            for entry in entries
            if entry.needs is None or entry.needs in held
        ]
        if shown:
            groups.append({"label": label, "items": shown})
    return groups


def _item(entry: Entry) -> dict[str, Any]:
    """Return what the frame shows of a page."""
    below = entry.url != OVERVIEW and request.path.startswith(f"{entry.url}/")
    return {
        "url": entry.url,
        "label": entry.label,
        "icon": entry.icon,
        "current": below or request.path == entry.url,
    }
