"""/api/organizations/{id}/roles: the roles that an organization names itself."""

from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.api.organizations.answers import OrganizationRoleAnswer, role_answer
from idp.api.organizations.organizations import CHANGE_REFUSALS, ONE
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.organizations.access import open_organization
from idp.organizations.errors import (
    InvalidOrganization,
    UnknownOrganization,
    UnknownOrganizationRole,
)
from idp.organizations.own_roles import (
    MAX_PERMISSION,
    MOST_PERMISSIONS,
    delete_role,
    list_roles,
    set_role,
)
from idp.organizations.rights import Right
from idp.web.callers.organizations import actor_of, admit_change
from idp.web.json.models import Body
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("organization_roles_api", __name__, tag="Organizations: members")
ROLES = f"{ONE}/roles"
ROLE = f"{ROLES}/<name>"


class RolePermissions(Body):
    """What apps let the members do who have a role."""

    permissions: list[str] = Field(
        default=[],
        description=f"At most {MOST_PERMISSIONS} of {MAX_PERMISSION} characters",
    )


@api.operation(
    "GET",
    ROLES,
    id="organization_roles_api_show_all",
    answers={200: list[OrganizationRoleAnswer]},
    refusals=(UnknownOrganization,),
    scope=ACCOUNT_READ,
)
def show_all(who: Caller, organization_id: str) -> list[OrganizationRoleAnswer]:
    """List the roles that the organization named itself."""
    organization = open_organization(organization_id, actor=actor_of(who))
    return [role_answer(role) for role in list_roles(organization)]


@api.operation(
    "PUT",
    ROLE,
    id="organization_roles_api_set",
    body=RolePermissions,
    answers={200: OrganizationRoleAnswer},
    refusals=(*CHANGE_REFUSALS, InvalidOrganization),
)
def set_one(
    who: Caller, *, organization_id: str, name: str, body: RolePermissions
) -> OrganizationRoleAnswer:
    """Name a role, or change one; it opens nothing here.

    A name is `[a-z][a-z0-9_-]{0,31}`.
    """
    organization, actor = admit_change(who, organization_id, right=Right.ROLES)
    role = set_role(organization, name, permissions=body.permissions, actor=actor)
    return role_answer(role)


@api.operation(
    "DELETE",
    ROLE,
    id="organization_roles_api_delete",
    answers={204: None},
    refusals=(*CHANGE_REFUSALS, UnknownOrganizationRole),
)
def delete(who: Caller, *, organization_id: str, name: str) -> None:
    """Delete a role: its members have it no more."""
    organization, actor = admit_change(who, organization_id, right=Right.ROLES)
    delete_role(organization, name, actor=actor)
