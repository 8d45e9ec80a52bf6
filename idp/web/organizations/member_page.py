"""The page about one member: what they are in the organization, and how they leave."""

from collections.abc import Callable, Mapping

from flask import Response, request
from flask_babel import gettext

from idp.organizations.errors import (
    InsufficientRole,
    InvalidOrganization,
    LastOwnerOfOrganization,
    NotAMember,
)
from idp.organizations.member_list import ListedMember, find_member
from idp.organizations.members import change_roles, remove_member, transfer
from idp.organizations.models import Organization
from idp.organizations.own_roles import list_roles
from idp.organizations.rights import Right
from idp.web.organizations.forms import MemberRolesForm
from idp.web.organizations.frame import Face, refused
from idp.web.unit_of_work import undo
from idp.web.words import message_of


def member_page(
    face: Face, organization: Organization, *, user_id: str, words: str = ""
) -> Response:
    """Render what a member is; ``words`` are what was refused. Raises NotAMember."""
    member = find_member(organization, user_id)
    if member is None:
        raise NotAMember
    own = [role.name for role in list_roles(organization)]
    values = {"role": member.role, "own_roles": list(member.roles[1:])}
    form = MemberRolesForm(formdata=None, data=values)
    form.own_roles.choices = [(name, name) for name in own]
    return face.show(
        "organizations/member.html",
        organization,
        member=member,
        label=_label_of(member, told=Right.MEMBERS in face.rights(organization)),
        form=form,
        own_roles=own,
        words=words,
    )


def act_on_member_page(face: Face, organization_id: str, *, user_id: str) -> Response:
    """Do what a button of the page says, or say why it cannot be done."""
    organization = face.open(organization_id)
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        return member_page(face, organization, user_id=user_id)
    try:
        return act(face, organization, user_id=user_id)
    except (LastOwnerOfOrganization, InsufficientRole) as refusal:
        words = refused(refusal)
        anew = face.open(organization_id)
        return member_page(face, anew, user_id=user_id, words=words)


def _label_of(member: ListedMember, *, told: bool) -> str:
    """Return what a member is called to somebody who is told addresses, or not."""
    fallback = member.email if told else gettext("No name")
    return member.name or member.username or fallback


def _save(face: Face, organization: Organization, *, user_id: str) -> Response:
    """Give a member other roles."""
    form = MemberRolesForm()
    wanted = {form.role.data or "", *(form.own_roles.data or ())} - {""}
    try:
        change_roles(organization, user_id, roles=wanted, actor=face.actor())
    except InvalidOrganization as refusal:
        return _again(face, organization.id, user_id=user_id, refusal=refusal)
    return face.back(organization, done="changed")


def _remove(face: Face, organization: Organization, *, user_id: str) -> Response:
    """End a membership."""
    remove_member(organization, user_id, actor=face.actor())
    return face.back(organization, done="removed")


def _transfer(face: Face, organization: Organization, *, user_id: str) -> Response:
    """Make a member the owner in one's place."""
    transfer(organization, user_id, actor=face.actor())
    return face.back(organization, done="transferred")


def _again(
    face: Face, organization_id: str, *, user_id: str, refusal: InvalidOrganization
) -> Response:
    """Show the page as it is by now, with what was wrong."""
    undo()
    said = "; ".join(map(message_of, refusal.errors))
    return member_page(face, face.open(organization_id), user_id=user_id, words=said)


ACTS: Mapping[str, Callable[..., Response]] = {
    "save": _save,
    "remove": _remove,
    "transfer": _transfer,
}
