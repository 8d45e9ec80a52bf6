"""What was done in an organization, in words, for its owners."""

from typing import Any

from flask import Response
from flask_babel import gettext, lazy_gettext

from idp.accounts.policies.keys import KEYS
from idp.administration.audit_search import AuditFilters, search_audit
from idp.organizations.member_list import names_of_members
from idp.organizations.rights import Right
from idp.security.models import AuditEvent
from idp.web.forms import PageForm
from idp.web.organizations.forms import ROLE_WORDS
from idp.web.organizations.frame import Face, asked_page, asked_text, page_urls

ACTIVITY = "activity"
EVENT_WORDS = {
    "invite.accepted": lazy_gettext("Invite accepted"),
    "invite.created": lazy_gettext("Somebody was invited"),
    "invite.declined": lazy_gettext("Invite declined"),
    "invite.resent": lazy_gettext("Invite sent again"),
    "invite.withdrawn": lazy_gettext("Invite withdrawn"),
    "member.added": lazy_gettext("A member joined"),
    "member.left": lazy_gettext("A member left"),
    "member.removed": lazy_gettext("A member was removed"),
    "member.role_changed": lazy_gettext("Roles of a member changed"),
    "organization.created": lazy_gettext("Organization made"),
    "organization.deleted": lazy_gettext("Deletion of the organization"),
    "organization.domain.changed": lazy_gettext("A domain changed"),
    "organization.entered": lazy_gettext("Switched to the organization"),
    "organization.role.changed": lazy_gettext("A role of its own changed"),
    "organization.updated": lazy_gettext("Name, short name, logo or state changed"),
    "policy.changed": lazy_gettext("A policy changed"),
    "waitlist.removed": lazy_gettext("Somebody was taken off a waitlist"),
}
STAGES = {
    "scheduled": lazy_gettext("begun"),
    "undone": lazy_gettext("undone"),
}
NAMED = ("role", "domain")  # details that say what it was


def activity_page(face: Face, organization_id: str) -> Response:
    """Render one page of it; ``event`` of the address narrows it."""
    organization = face.open(organization_id, Right.AUDIT)
    event, query = asked_text("event"), asked_page()
    event = event if event in EVENT_WORDS else ""
    filters = AuditFilters(organization_id=organization.id, event=event or None)
    found = search_audit(filters, query)
    people = {
        each for row in found.items for each in (row.user_id, row.subject) if each
    }
    names = names_of_members(organization, people)
    here = face.path(organization, ACTIVITY)
    return face.show(
        "organizations/activity.html",
        organization,
        rows=[_shown(row, names) for row in found.items],
        events=EVENT_WORDS,
        event=event,
        form=PageForm(formdata=None),
        **page_urls(here, found, asked=query, filters={"event": event}),
    )


def _shown(row: AuditEvent, names: dict[str, str]) -> dict[str, Any]:
    """Return what the page says of a row."""
    return {
        "at": row.occurred_at,
        "words": EVENT_WORDS.get(row.event, row.event),
        "about": _about(row),
        "whom": row.subject and _name(row.subject, names),
        "who": gettext("An administrator of the server")
        if row.actor or row.user_id is None
        else _name(row.user_id, names),
    }


def _about(row: AuditEvent) -> str:
    """Return what it was about: a role, a domain, the roles somebody has since."""
    detail = row.detail
    if detail.get("key") in KEYS:
        return str(gettext(KEYS[detail["key"]].title))
    named = next((detail[key] for key in NAMED if detail.get(key)), "")
    if named:
        return str(named)
    if detail.get("stage") in STAGES:
        return str(STAGES[detail["stage"]])
    roles = (detail.get("after") or {}).get("roles", ())
    given = roles.split() if isinstance(roles, str) else roles
    return ", ".join(str(ROLE_WORDS.get(role, role)) for role in given)


def _name(user_id: str, names: dict[str, str]) -> str:
    """Return what a member is called; who is none is not named."""
    return names.get(user_id) or str(gettext("Somebody who is no member"))
