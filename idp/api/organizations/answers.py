"""Organizations and members as the JSON API shows them."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response
from pydantic import Field

from idp.organizations.member_list import ListedMember, count_members
from idp.organizations.memberships import roles_in
from idp.organizations.models import Organization, OrganizationRole
from idp.web.http.preconditions import etag_of
from idp.web.json.models import Answer
from idp.web.json.routes import reply
from idp.web.words import PERSONAL_ORGANIZATION


class OrganizationDetails(Answer):
    """An organization, and what the caller is in it.

    `role` is the highest of `roles`; who acts as an operator may have none. Until
    `delete_at`, if there is one, the deletion can be undone. `approved` is whether an
    operator made or approved it.
    """

    id: str
    slug: str | None
    name: str
    logo_uri: str | None
    personal: bool
    status: str
    approved: bool
    delete_at: datetime | None
    member_count: int
    role: str | None
    roles: list[str]
    created_at: datetime
    updated_at: datetime


class MemberUser(Answer):
    """A member as a user; `email` is for owners, admins and operators alone."""

    id: str
    name: str | None
    username: str | None
    picture: str | None
    email: str | None


class MemberAnswer(Answer):
    """A user in an organization; `role` is the highest of `roles`."""

    __qualname__ = "Member"  # as the API document calls it

    user: MemberUser
    role: str
    roles: list[str]
    joined_at: datetime


class OrganizationRoleAnswer(Answer):
    """A role that an organization named itself, for apps: it opens nothing here."""

    __qualname__ = "OrganizationRole"  # as the API document calls it

    name: str
    permissions: list[str] = Field(description="What apps make of them")


def organization_answer(
    organization: Organization, *, roles: Sequence[str] = (), members: int | None = None
) -> OrganizationDetails:
    """Return an organization as an answer to somebody who has these roles in it."""
    counted = count_members(organization) if members is None else members
    return OrganizationDetails(
        id=organization.id,
        slug=organization.slug,
        name=organization.name or str(PERSONAL_ORGANIZATION),
        logo_uri=organization.logo_uri,
        personal=organization.personal_to is not None,
        status=organization.status,
        approved=organization.approved_at is not None,
        delete_at=organization.delete_at,
        member_count=counted,
        role=roles[0] if roles else None,
        roles=list(roles),
        created_at=organization.created_at,
        updated_at=organization.updated_at,
    )


def organization_parts(organization: Organization) -> dict[str, object]:
    """Return what tells one state of an organization from another."""
    return {
        "name": organization.name,
        "slug": organization.slug,
        "logo_uri": organization.logo_uri,
        "status": organization.status,
        "approved": organization.approved_at is not None,
        "deletion": organization.delete_at is not None,
    }


def organization_reply(
    organization: Organization, *, user_id: str | None, location: str = ""
) -> Response:
    """Return an organization to a caller, and which state of it this is."""
    roles = roles_in(organization, user_id)
    headers = {"ETag": etag_of(organization_parts(organization))}
    if location:
        headers["Location"] = location
    return reply(organization_answer(organization, roles=roles), headers=headers)


def member_answer(member: ListedMember, *, by_address: bool) -> MemberAnswer:
    """Return a member as an answer to somebody who is told addresses, or not."""
    return MemberAnswer(
        user=MemberUser(
            id=member.user_id,
            name=member.name,
            username=member.username,
            picture=member.picture,
            email=member.email if by_address else None,
        ),
        role=member.role,
        roles=list(member.roles),
        joined_at=member.joined_at,
    )


def role_answer(role: OrganizationRole) -> OrganizationRoleAnswer:
    """Return a role as an answer."""
    return OrganizationRoleAnswer(name=role.name, permissions=role.permissions)
