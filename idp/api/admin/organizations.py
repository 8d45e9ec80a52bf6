"""/api/admin/organizations: all organizations but personal ones, for operators.

Members and roles of one are at `/api/organizations/{id}`, for operators too.
"""

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import find_user
from idp.api.organizations.answers import (
    OrganizationDetails,
    organization_answer,
    organization_reply,
)
from idp.api.organizations.organizations import (
    CHANGE_REFUSALS,
    REFUSALS,
    NewOrganization,
    OrganizationChange,
    OrganizationsQuery,
    apply_change,
)
from idp.organizations.errors import (
    InvalidOrganization,
    PersonalOrganization,
    SlugTaken,
    UnknownOrganization,
)
from idp.organizations.lifecycle.creation import create_organization
from idp.organizations.lifecycle.deletion import schedule_deletion, undo_deletion
from idp.organizations.registry import (
    OrganizationDeclaration,
    get_organization,
    hold_organization,
    list_organizations,
)
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.callers.organizations import actor_of
from idp.web.json.paging import PageAnswer, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint(
    "admin_organizations_api", __name__, tag="Administration: organizations"
)
PATH = "/api/admin/organizations"
ONE = f"{PATH}/<organization_id>"


class OwnedOrganization(NewOrganization):
    """What an organization is to be called, and whose it is."""

    owner_id: str | None = Field(None, description="The user who owns it, if any yet")


@api.operation(
    "GET",
    PATH,
    id="admin_organizations_api_show_all",
    query=OrganizationsQuery,
    answers={200: PageAnswer[OrganizationDetails]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: OrganizationsQuery) -> Response:
    """List organizations by slug; personal ones are left out."""
    access.require(who, Permission.ORGANIZATIONS_READ)
    page = list_organizations(query.query.strip(), query)
    items = [organization_answer(r.organization, members=r.members) for r in page.items]
    answer = PageAnswer[OrganizationDetails](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    PATH,
    id="admin_organizations_api_create",
    body=OwnedOrganization,
    answers={201: OrganizationDetails},
    refusals=(
        NotPermitted,
        ReauthenticationRequired,
        NoSuchUser,
        InvalidOrganization,
        SlugTaken,
    ),
    etag=True,
)
def create(who: Caller, body: OwnedOrganization) -> Response:
    """Make an organization for somebody; it counts as approved."""
    _admit_change(who)
    owner = find_user(body.owner_id) if body.owner_id is not None else None
    if body.owner_id is not None and owner is None:
        raise NoSuchUser
    declared = OrganizationDeclaration(body.name, body.slug, body.logo_uri)
    made = create_organization(declared, owner=owner, by=who.user_id)
    return organization_reply(made, user_id=who.user_id)


@api.operation(
    "GET",
    ONE,
    id="admin_organizations_api_show",
    answers={200: OrganizationDetails},
    refusals=(NotPermitted, UnknownOrganization),
    etag=True,
)
def show(who: Caller, organization_id: str) -> Response:
    """Show an organization, by its id or slug."""
    access.require(who, Permission.ORGANIZATIONS_READ)
    return organization_reply(get_organization(organization_id), user_id=who.user_id)


@api.operation(
    "PATCH",
    ONE,
    id="admin_organizations_api_change",
    body=OrganizationChange,
    answers={200: OrganizationDetails},
    refusals=(NotPermitted, *CHANGE_REFUSALS, InvalidOrganization, SlugTaken),
    etag=True,
)
def change(who: Caller, *, organization_id: str, body: OrganizationChange) -> Response:
    """Call an organization something else, disable it, enable it, approve it."""
    _admit_change(who)
    organization = get_organization(organization_id)
    apply_change(organization, body, actor=actor_of(who))
    return organization_reply(organization, user_id=who.user_id)


@api.operation(
    "DELETE",
    ONE,
    id="admin_organizations_api_delete",
    answers={204: None},
    refusals=(NotPermitted, *REFUSALS, PersonalOrganization),
)
def delete(who: Caller, *, organization_id: str) -> None:
    """Take an organization out of use and erase it in fourteen days."""
    _admit_change(who)
    organization = get_organization(organization_id)
    hold_organization(organization)
    schedule_deletion(organization, actor=actor_of(who))


@api.operation(
    "POST",
    f"{ONE}/undo",
    id="admin_organizations_api_undo",
    answers={200: OrganizationDetails},
    refusals=(NotPermitted, *REFUSALS, PersonalOrganization),
    etag=True,
)
def undo(who: Caller, organization_id: str) -> Response:
    """Keep an organization that is to be deleted."""
    _admit_change(who)
    organization = get_organization(organization_id)
    undo_deletion(organization, actor=actor_of(who))
    return organization_reply(organization, user_id=who.user_id)


def _admit_change(who: Caller) -> None:
    """Refuse who may change no organizations of others, or signed in too long ago."""
    access.require(who, Permission.ORGANIZATIONS_WRITE)
    access.fresh_proof(who)
