"""The frame of the pages about one person: who it is, the tabs, what was just done."""

from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Principal
from idp.accounts.errors import NotSignedIn
from idp.accounts.lifecycle.deletion import find_erasure
from idp.accounts.models import User, UserStatus
from idp.admin.pages.frame import admin_page
from idp.web.browser.session import session_principal
from idp.web.callers import access
from idp.web.callers.access import subject_of

P = Permission
# blueprint, view, label, and what one must be allowed to be led there
TABS = (
    ("person", "show_person", lazy_gettext("Overview"), P.USERS_READ),
    ("person_security", "show_security", lazy_gettext("Sign-in"), P.USERS_READ),
    ("person_sessions", "show_sessions", lazy_gettext("Sessions"), P.SESSIONS_READ),
    ("person_apps", "show_apps", lazy_gettext("Apps"), P.USERS_READ),
    ("person_access", "show_groups", lazy_gettext("Groups & roles"), P.GROUPS_READ),
    ("person_activity", "show_activity", lazy_gettext("Activity"), P.AUDIT_READ),
)
STATUS_WORDS = {
    UserStatus.PENDING: lazy_gettext("Waits for approval"),
    UserStatus.ACTIVE: lazy_gettext("Active"),
    UserStatus.DISABLED: lazy_gettext("Disabled"),
    UserStatus.DELETING: lazy_gettext("Being deleted"),
}


def operator() -> Principal:
    """Return who is signed in; raises NotSignedIn."""
    who = session_principal()
    if who is None:
        raise NotSignedIn
    return who


def person(user_id: str) -> User:
    """Return the user whom a page is about; raises NoSuchUser."""
    return subject_of(operator(), user_id)


def person_page(template: str, user: User, **context: Any) -> Response:
    """Render one of the pages about a person."""
    here = url_for(request.endpoint or "", user_id=user.id)
    return admin_page(
        template,
        user=user,
        person=_shown(user),
        tabs=_tabs(user),
        here=here,
        **{"done": request.args.get("done"), **context},
    )


def _shown(user: User) -> dict[str, Any]:
    """Return what the frame shows of a person."""
    return {
        "id": user.id,
        "url": url_for("person.show_person", user_id=user.id),
        "email": user.email,
        "label": user.name or user.username or user.email,
        "status": str(user.status),
        "status_word": STATUS_WORDS[UserStatus(user.status)],
        "roles": sorted(user.roles),
        "erase_at": _erasure(user),
    }


def _allowed(permission: Permission, user: User) -> bool:
    """Tell whether who is signed in may do this to this person."""
    return access.may(operator(), permission, on=user)


def _erasure(user: User) -> datetime | None:
    """Return when somebody will be erased, who is on the way out."""
    return None if user.status == UserStatus.ACTIVE else find_erasure(user.id)


def _tabs(user: User) -> list[dict[str, object]]:
    """Return the pages about a person that may be opened, with this one marked."""
    return [
        {
            "url": url_for(f"{name}.{view}", user_id=user.id),
            "label": label,
            "current": request.blueprint == name,
        }
        for name, view, label, needs in TABS
        if _allowed(needs, user)
    ]
