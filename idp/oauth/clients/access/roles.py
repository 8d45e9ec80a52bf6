"""The roles that a client declares, and which of them a user has."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    exists,
    or_,
    select,
)

from idp.accounts.models import GroupMember
from idp.core.connections import connection
from idp.core.db import db, table_of
from idp.oauth.clients.access.holders import (
    FoundHolders,
    find_holders,
    held_ids,
    holder_names,
    replace_pairs,
)
from idp.oauth.clients.access.members import APP_ROLES, RoleDeclaration
from idp.oauth.models import AppRole, AppRoleGroup, AppRoleUser

roles, members = table_of(AppRole), table_of(GroupMember)
role_users, role_groups = table_of(AppRoleUser), table_of(AppRoleGroup)


def has_role() -> ColumnElement[bool]:
    """Say that a user (``of_user``) has a role of the statement, also by a group."""
    named = exists().where(
        role_users.c.role_id == roles.c.id,
        role_users.c.user_id == bindparam("of_user"),
    )
    by_group = exists().where(
        role_groups.c.role_id == roles.c.id,
        role_groups.c.group_id == members.c.group_id,
        members.c.user_id == bindparam("of_user"),
    )
    return or_(named, by_group)


ROLES_OF_USER = (
    select(roles.c.name)
    .where(roles.c.client_id == bindparam("at_client"), has_role())
    .order_by(roles.c.name)
)


def role_names(user_id: str, *, client_id: str) -> list[str]:
    """Return the names of a user's roles at a client."""
    values = {"of_user": user_id, "at_client": client_id}
    return list(connection().execute(ROLES_OF_USER, values).scalars())


def list_roles(client_id: str, *, by_id: bool = False) -> list[RoleDeclaration]:
    """Return the roles of a client as they are declared, by name.

    Users go by their address, or else by their id.
    """
    rows = find_roles(client_id)
    ids = [role.id for role in rows]
    holders = holder_names(role_groups, role_users, key="role_id", ids=ids, by_id=by_id)
    return [
        RoleDeclaration(role.name, role.description, holders[role.id]) for role in rows
    ]


def find_roles(client_id: str) -> Sequence[AppRole]:
    """Return the rows of a client's roles, by name."""
    of_client = select(AppRole).where(AppRole.client_id == client_id)
    return db.session.scalars(of_client.order_by(AppRole.name)).all()


def set_roles(client_id: str, wanted: Sequence[RoleDeclaration]) -> bool:
    """Let a client have these roles, held by these, and no others.

    Tells whether that changes it; raises InvalidClientMetadata. The client is held.
    """
    present = {role.name: role for role in find_roles(client_id)}
    going = present.keys() - {role.name for role in wanted}
    for name in going:
        db.session.execute(delete(AppRole).where(AppRole.id == present[name].id))
    changed = [_set_role(role, present.get(role.name), of=client_id) for role in wanted]
    return bool(going) or any(changed)


def _set_role(declared: RoleDeclaration, present: AppRole | None, *, of: str) -> bool:
    """Make one role so; tell whether that changes it."""
    holders = find_holders(declared.holders, member=APP_ROLES)
    if present is not None and _is_so(present, declared, holders=holders):
        return False
    role = present or AppRole(client_id=of, name=declared.name)
    role.description = declared.description
    db.session.add(role)
    db.session.flush()
    replace_pairs(role_groups, role_users, key="role_id", of=role.id, by=holders)
    return True


def _is_so(role: AppRole, declared: RoleDeclaration, *, holders: FoundHolders) -> bool:
    """Tell whether a role is as it is declared."""
    held = held_ids(role_groups, role_users, key="role_id", of=role.id)
    return role.description == declared.description and held == holders
