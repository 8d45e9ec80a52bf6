"""/admin/users: everybody who has an account, searched and filtered by the address."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission, Role
from idp.accounts.activity import last_sign_ins
from idp.accounts.groups.registry import find_group
from idp.accounts.models import User, UserStatus
from idp.accounts.user_search import UserFilters, search
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.frame import admin_page
from idp.admin.people.frame import STATUS_WORDS
from idp.web.callers import access

LONGEST = 254
KNOWN: Mapping[str, set[str]] = {"status": {*UserStatus}, "role": {*Role}}
NO_GROUP = "-"  # no group has this id

bp = Blueprint("people", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_READ, write=Permission.USERS_CREATE)


@bp.get("")
def show_people() -> Response:
    """List people by address."""
    typed = _typed()
    query = asked_page()
    found = search(_filters(typed), query)
    seen = last_sign_ins([user.id for user in found.items])
    return admin_page(
        "admin/people/list.html",
        people=[_listed(user, seen.get(user.id)) for user in found.items],
        typed={"q": "", "status": "", "role": "", "group": ""} | typed,
        filtered=bool(typed),
        statuses=[(status.value, word) for status, word in STATUS_WORDS.items()],
        roles=[role.value for role in Role],
        deleted="deleted" in request.args,
        may_create=Permission.USERS_CREATE in access.held_here(),
        **page_urls(url_for(".show_people"), found, asked=query, filters=typed),
    )


def _typed() -> dict[str, str]:
    """Return the filters of the address that say something."""
    given = {
        name: asked_text(name, longest=LONGEST)
        for name in ("q", "status", "role", "group")
    }
    return {
        name: text
        for name, text in given.items()
        if text and text in KNOWN.get(name, {text})
    }


def _filters(typed: Mapping[str, str]) -> UserFilters:
    """Return whom to look for; nobody is in a group that does not exist."""
    group = find_group(typed["group"]) if "group" in typed else None
    group_id = group.id if group else NO_GROUP
    return UserFilters(
        text=typed.get("q", ""),
        status=typed.get("status", ""),
        role=typed.get("role", ""),
        group_id=group_id if "group" in typed else "",
    )


def _listed(user: User, seen_at: datetime | None) -> dict[str, Any]:
    """Return one line of the list."""
    return {
        "url": url_for("person.show_person", user_id=user.id),
        "label": user.name or user.username or user.email,
        "username": user.username,
        "email": user.email,
        "verified": user.email_verified_at is not None,
        "status": str(user.status),
        "status_word": STATUS_WORDS[UserStatus(user.status)],
        "roles": sorted(user.roles),
        "seen_at": seen_at,
        "created_at": user.created_at,
    }
