"""/api/organizations: for their members by role, for operators by permission."""

from dataclasses import replace
from typing import Literal

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.names import MAX_NAME
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import get_user
from idp.api.organizations.answers import (
    OrganizationDetails,
    organization_answer,
    organization_parts,
    organization_reply,
)
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import Actor, open_organization
from idp.organizations.changes import (
    approve,
    change_organization,
    fetch_declared_logo,
    set_status,
)
from idp.organizations.errors import (
    InsufficientRole,
    InvalidOrganization,
    OrganizationDisabled,
    OrganizationInDeletion,
    OrganizationsClosed,
    PersonalOrganization,
    SlugTaken,
    TooManyOrganizations,
    UnknownOrganization,
)
from idp.organizations.lifecycle.creation import create_organization, found_organization
from idp.organizations.lifecycle.deletion import schedule_deletion, undo_deletion
from idp.organizations.memberships import list_own
from idp.organizations.models import Organization, OrganizationStatus
from idp.organizations.registry import (
    OrganizationDeclaration,
    describe,
    hold_organization,
    list_organizations,
)
from idp.organizations.rights import Right
from idp.organizations.slugs import MAX_SLUG
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.http.preconditions import refuse_unseen
from idp.web.json.models import Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organizations_api", __name__, tag="Organizations")
PATH = "/api/organizations"
ONE = f"{PATH}/<organization_id>"
REFUSALS = (
    UnknownOrganization,
    InsufficientRole,
    OrganizationDisabled,
    ReauthenticationRequired,
)
CHANGE_REFUSALS = (*REFUSALS, PersonalOrganization, OrganizationInDeletion)


class OrganizationsQuery(PageQuery):
    """Which organizations to list."""

    query: str = Field("", max_length=255, description="Part of a name or slug")


class NewOrganization(Body):
    """What an organization is to be called; without a slug one is made of the name."""

    name: str = Field(description=f"At most {MAX_NAME} characters")
    slug: str | None = Field(
        None, description=f"Lower case, digits, single dashes; at most {MAX_SLUG}"
    )
    logo_uri: str | None = Field(
        None, description="An https URL, from which a copy is made"
    )


class OrganizationChange(Body):
    """What is to be different; what is left out stays, and null takes a logo away."""

    name: str | None = None
    slug: str | None = None
    logo_uri: str | None = None
    status: Literal["active", "disabled"] | None = Field(
        None, description="For operators alone"
    )
    approved: Literal[True] | None = Field(None, description="For operators alone")


@api.operation(
    "GET",
    PATH,
    id="organizations_api_show_all",
    query=OrganizationsQuery,
    answers={200: PageAnswer[OrganizationDetails]},
    refusals=(NotPermitted,),
    scope=ACCOUNT_READ,
)
def show_all(who: Caller, query: OrganizationsQuery) -> Response:
    """List the caller's organizations, the one joined first first; to a program all."""
    text = query.query.strip()
    if who.user_id is None:
        access.require(who, Permission.ORGANIZATIONS_READ)
        every = list_organizations(text, query)
        items = [
            organization_answer(row.organization, members=row.members)
            for row in every.items
        ]
        headers, cursor = next_link(every), every.next_cursor
    else:
        own = list_own(who.user_id, text, request=query)
        items = [
            organization_answer(each, roles=roles, members=members)
            for each, roles, members in own.items
        ]
        headers, cursor = next_link(own), own.next_cursor
    answer = PageAnswer[OrganizationDetails](items=items, next_cursor=cursor)
    return reply(answer, headers=headers)


@api.operation(
    "POST",
    PATH,
    id="organizations_api_create",
    body=NewOrganization,
    answers={201: OrganizationDetails},
    refusals=(
        NotPermitted,
        ReauthenticationRequired,
        OrganizationsClosed,
        EmailNotVerified,
        TooManyOrganizations,
        InvalidOrganization,
        SlugTaken,
    ),
    etag=True,
)
def create(who: Caller, body: NewOrganization) -> Response:
    """Make an organization that the caller owns.

    One that a program makes has no owner until a member is made one.
    """
    declared = OrganizationDeclaration(body.name, body.slug, body.logo_uri)
    if access.may(who, Permission.ORGANIZATIONS_WRITE):
        access.fresh_proof(who)
        owner = get_user(who.user_id) if who.user_id else None
        made = create_organization(declared, owner=owner, by=who.user_id)
    elif who.user_id is None:
        raise NotPermitted(None, Permission.ORGANIZATIONS_WRITE)
    else:
        made = found_organization(get_user(who.user_id), declared)
    issuer = current(ServerSettings).issuer
    there = f"{issuer}{PATH}/{made.id}"
    return organization_reply(made, user_id=who.user_id, location=there)


@api.operation(
    "GET",
    ONE,
    id="organizations_api_show",
    answers={200: OrganizationDetails},
    refusals=(UnknownOrganization,),
    scope=ACCOUNT_READ,
    etag=True,
)
def show(who: Caller, organization_id: str) -> Response:
    """Show an organization, by its id or slug, to its members and to operators."""
    organization = open_organization(organization_id, actor=actor_of(who))
    return organization_reply(organization, user_id=who.user_id)


@api.operation(
    "PATCH",
    ONE,
    id="organizations_api_change",
    body=OrganizationChange,
    answers={200: OrganizationDetails},
    refusals=(*CHANGE_REFUSALS, InvalidOrganization, SlugTaken),
    etag=True,
)
def change(who: Caller, *, organization_id: str, body: OrganizationChange) -> Response:
    """Change what an organization is called: for its owners and admins.

    Operators disable it, enable it, and approve it too.
    """
    operated = body.status is not None or body.approved is not None
    right = Right.OPERATE if operated else Right.UPDATE
    organization, actor = admit_change(who, organization_id, right=right)
    apply_change(organization, body, actor=actor)
    return organization_reply(organization, user_id=who.user_id)


def apply_change(
    organization: Organization, body: OrganizationChange, *, actor: Actor
) -> None:
    """Make what was sent so, of what its caller has seen."""
    given = body.model_dump(include={"name", "slug", "logo_uri"}, exclude_unset=True)
    said = {k: v for k, v in given.items() if v is not None or k == "logo_uri"}
    logo = None
    if body.logo_uri:
        declared = replace(describe(organization), **said)
        logo = fetch_declared_logo(organization, declared, actor=actor)
    hold_organization(organization)
    refuse_unseen(organization_parts(organization))
    if said:
        declared = replace(describe(organization), **said)
        change_organization(organization, declared, actor=actor, logo=logo)
    if body.status is not None:
        set_status(organization, OrganizationStatus(body.status), actor=actor)
    if body.approved is not None:
        approve(organization, actor=actor)


@api.operation(
    "DELETE",
    ONE,
    id="organizations_api_delete",
    answers={204: None},
    refusals=(*REFUSALS, PersonalOrganization),
    etag=True,
)
def delete(who: Caller, *, organization_id: str) -> None:
    """Take an organization out of use and erase it in fourteen days: for its owners.

    What its members have open in it ends at once. `POST …/undo` keeps it until then.
    """
    organization, actor = admit_change(
        who, organization_id, right=Right.DELETE, proof=True
    )
    hold_organization(organization)
    refuse_unseen(organization_parts(organization))
    schedule_deletion(organization, actor=actor)


@api.operation(
    "POST",
    f"{ONE}/undo",
    id="organizations_api_undo",
    answers={200: OrganizationDetails},
    refusals=(*REFUSALS, PersonalOrganization),
    etag=True,
)
def undo(who: Caller, organization_id: str) -> Response:
    """Keep an organization that is to be deleted: for its owners."""
    organization, actor = admit_change(who, organization_id, right=Right.DELETE)
    undo_deletion(organization, actor=actor)
    return organization_reply(organization, user_id=who.user_id)
