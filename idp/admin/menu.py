"""The menu of the administration: pages in groups; a user sees what is open to them."""

from typing import Any, NamedTuple

from flask import request

from idp.accounts.access.permissions import Permission, permissions_of
from idp.web.browser.session import get_session


class Entry(NamedTuple):
    """A page in the menu; without a permission it is for everybody."""

    url: str
    label: str
    icon: str
    needs: Permission | None


OVERVIEW = "/admin"
MENU: tuple[tuple[str | None, tuple[Entry, ...]], ...] = (
    (None, (Entry(OVERVIEW, "Overview", "chart", Permission.USERS_READ),)),
    (
        "People",
        (
            Entry("/admin/users", "People", "user", Permission.USERS_READ),
            Entry("/admin/groups", "Groups", "people", Permission.GROUPS_READ),
        ),
    ),
    (
        "Apps",
        (
            Entry("/admin/clients", "Apps", "apps", Permission.CLIENTS_READ),
            Entry("/admin/apis", "APIs", "globe", Permission.APIS_READ),
        ),
    ),
    (
        "Sign-in",
        (Entry("/admin/policies", "Policies", "lock", Permission.SETTINGS_READ),),
    ),
    (
        "Logs",
        (
            Entry("/admin/logs", "Audit log", "file", Permission.AUDIT_READ),
            Entry("/admin/mail", "Mail", "mail", Permission.DELIVERIES_READ),
            Entry(
                "/admin/deliveries", "Deliveries", "leave", Permission.DELIVERIES_READ
            ),
        ),
    ),
    (
        "System",
        (
            Entry("/admin/keys", "Signing keys", "key", Permission.KEYS_READ),
            Entry("/admin/api-keys", "API keys", "card", Permission.API_KEYS),
            Entry("/admin/settings", "Settings", "sliders", Permission.SETTINGS_READ),
            Entry("/admin/jobs", "Jobs", "clock", Permission.SETTINGS_READ),
        ),
    ),
    ("You", (Entry("/account", "Your account", "user", None),)),
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
