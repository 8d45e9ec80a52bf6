"""The first page about an organization: who is in it, and what state it is in."""

from collections.abc import Callable, Mapping

from flask import Response, request
from flask_babel import gettext

from idp.accounts.users import find_by_login
from idp.organizations.changes import approve, set_status
from idp.organizations.lifecycle.deletion import undo_deletion
from idp.organizations.member_list import MemberFilters, list_members
from idp.organizations.members import add_member, has_acting_owner, remove_member
from idp.organizations.memberships import roles_in
from idp.organizations.models import Organization, OrganizationStatus
from idp.organizations.rights import Right
from idp.organizations.roles import OWNER
from idp.web.organizations.forms import ROLE_WORDS, JoiningForm
from idp.web.organizations.frame import Face, asked_page, asked_text, page_urls
from idp.web.redirects import redirect_to


def members_page(
    face: Face,
    organization: Organization,
    *,
    joining: JoiningForm | None = None,
    words: str = "",
) -> Response:
    """Render the members of one page, and what can be done to all of it.

    ``words`` are what was refused.
    """
    text, role = asked_text("q"), asked_text("role")
    told = Right.MEMBERS in face.rights(organization)
    query, here = asked_page(), face.path(organization)
    filters = MemberFilters(text, role if role in ROLE_WORDS else "", by_address=told)
    found = list_members(organization, filters, request=query)
    return face.show(
        "organizations/members.html",
        organization,
        members=found.items,
        by_address=told,
        text=text,
        words=words,
        role=filters.role,
        last_owner=_is_last_owner(face, organization),
        joining=joining or JoiningForm(formdata=None),
        **page_urls(
            here, found, asked=query, filters={"q": text, "role": filters.role}
        ),
    )


def act_on_members_page(face: Face, organization_id: str) -> Response:
    """Do what a button of the page says."""
    organization = face.open(organization_id)
    act = ACTS.get(request.form.get("act", ""))
    return act(face, organization) if act else members_page(face, organization)


def _is_last_owner(face: Face, organization: Organization) -> bool:
    """Tell whether who looks cannot leave: nobody else owns the organization."""
    own = face.actor().user_id
    owns = OWNER in roles_in(organization, own)
    return owns and not has_acting_owner(organization, but=own)


def _add(face: Face, organization: Organization) -> Response:
    """Make somebody a member."""
    form = JoiningForm()
    user = find_by_login(form.login.data or "") if form.validate() else None
    if user is None:
        words = gettext("Nobody here has this address or username.")
        form.login.errors = [words]
        return members_page(face, organization, joining=form)
    add_member(organization, user.id, actor=face.actor())
    return face.back(organization, done="added")


def _leave(face: Face, organization: Organization) -> Response:
    """End one's own membership; raises LastOwnerOfOrganization."""
    actor = face.actor()
    remove_member(organization, actor.user_id or "", actor=actor)
    return redirect_to(f"{face.home}?done=left")


def _undo(face: Face, organization: Organization) -> Response:
    """Keep an organization that is to be deleted."""
    undo_deletion(organization, actor=face.actor())
    return face.back(organization, done="kept")


def _disable(face: Face, organization: Organization) -> Response:
    """Take an organization out of use."""
    set_status(organization, OrganizationStatus.DISABLED, actor=face.actor())
    return face.back(organization, done="saved")


def _enable(face: Face, organization: Organization) -> Response:
    """Let an organization be used again."""
    set_status(organization, OrganizationStatus.ACTIVE, actor=face.actor())
    return face.back(organization, done="saved")


def _approve(face: Face, organization: Organization) -> Response:
    """Say that an operator knows an organization."""
    approve(organization, actor=face.actor())
    return face.back(organization, done="saved")


ACTS: Mapping[str, Callable[[Face, Organization], Response]] = {
    "add": _add,
    "leave": _leave,
    "undo": _undo,
    "disable": _disable,
    "enable": _enable,
    "approve": _approve,
}
