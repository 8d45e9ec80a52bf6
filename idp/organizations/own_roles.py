"""Roles that an organization names itself: apps read them, they open nothing here."""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, func, literal, select, update

from idp.core.db import db, table_of
from idp.core.errors import FieldError
from idp.core.text import is_line
from idp.organizations.access import Actor
from idp.organizations.changes import hold_shared
from idp.organizations.errors import InvalidOrganization, UnknownOrganizationRole
from idp.organizations.models import Membership, Organization, OrganizationRole
from idp.organizations.registry import record_organization
from idp.organizations.rights import Right
from idp.organizations.roles import role_name_mistake

MOST_ROLES = 50
MOST_PERMISSIONS = 100
MAX_PERMISSION = 100

memberships = table_of(Membership)

# Words stand apart by one space: with one at each end every role has two.
_PADDED = literal(" ").concat(memberships.c.roles).concat(" ")
TAKE = (
    update(memberships)
    .where(
        memberships.c.organization_id == bindparam("of_organization"),
        _PADDED.like(bindparam("like"), escape="/"),
    )
    .values(roles=func.trim(func.replace(_PADDED, bindparam("word"), " ")))
)


def list_roles(organization: Organization) -> Sequence[OrganizationRole]:
    """Return the organization's own roles by name."""
    found = select(OrganizationRole).where(
        OrganizationRole.organization_id == organization.id
    )
    return db.session.scalars(found.order_by(OrganizationRole.name)).all()


def set_role(
    organization: Organization, name: str, *, permissions: Sequence[str], actor: Actor
) -> OrganizationRole:
    """Name a role, or say anew what apps let its members do.

    Raises InvalidOrganization, and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.ROLES, actor=actor)
    wanted = sorted(set(permissions))
    present = db.session.get(OrganizationRole, (organization.id, name))
    errors = list(_mistakes_in(name, wanted))
    if present is None and _count(organization) >= MOST_ROLES:
        errors.append(FieldError("name", "too_many", word="organization_role.too_many"))
    if errors:
        raise InvalidOrganization(errors)
    before = None if present is None else list(present.permissions)
    role = present or OrganizationRole(organization_id=organization.id, name=name)
    if before == wanted:
        return role
    role.permissions = wanted
    db.session.add(role)
    db.session.flush()
    _record(organization, name, before=before, after=wanted, by=actor.user_id)
    return role


def delete_role(organization: Organization, name: str, *, actor: Actor) -> None:
    """Delete a role: its members have it no more.

    Raises UnknownOrganizationRole, and what ``hold_shared`` does.
    """
    hold_shared(organization, Right.ROLES, actor=actor)
    role = db.session.get(OrganizationRole, (organization.id, name))
    if role is None:
        raise UnknownOrganizationRole
    before = list(role.permissions)
    db.session.delete(role)
    db.session.flush()
    like = f"% {name.replace('_', '/_')} %"
    taken = {"of_organization": organization.id, "word": f" {name} ", "like": like}
    db.session.execute(TAKE, taken)
    db.session.expire_all()
    _record(organization, name, before=before, after=None, by=actor.user_id)


def _count(organization: Organization) -> int:
    """Return how many roles of its own an organization has."""
    counted = select(func.count()).where(
        OrganizationRole.organization_id == organization.id
    )
    return db.session.scalar(counted) or 0


def _mistakes_in(name: str, permissions: Sequence[str]) -> Iterator[FieldError]:
    """Yield what is wrong with a role."""
    mistake = role_name_mistake(name)
    if mistake:
        yield FieldError("name", mistake, word=f"organization_role.{mistake}")
    if len(permissions) > MOST_PERMISSIONS:
        yield FieldError(
            "permissions", "too_many", word="organization_role.too_many_permissions"
        )
    for permission in permissions:
        if len(permission) > MAX_PERMISSION:
            most = {"max": MAX_PERMISSION}
            yield FieldError(
                "permissions", "too_long", word="text.too_long", values=most
            )
        elif not permission.strip() or not is_line(permission):
            yield FieldError("permissions", "invalid", word="text.invalid")


def _record(
    organization: Organization,
    name: str,
    *,
    before: list[str] | None,
    after: list[str] | None,
    by: str | None,
) -> None:
    """Say in the audit log what became of a role."""
    record_organization(
        "organization.role.changed",
        organization,
        by=by,
        role=name,
        before=None if before is None else {"permissions": before},
        after=None if after is None else {"permissions": after},
    )
