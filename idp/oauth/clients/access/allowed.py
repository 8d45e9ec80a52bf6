"""Who may use a client: judged at authorization and at refresh, and changed."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, literal, or_, select

from idp.accounts.models import GroupMember
from idp.core.db import db, table_of
from idp.core.prepared import Prepared
from idp.oauth.clients.access.holders import (
    find_holders,
    held_ids,
    holder_names,
    replace_pairs,
)
from idp.oauth.clients.access.members import ACCESS, Access, refusal
from idp.oauth.clients.access.roles import find_roles, has_role
from idp.oauth.clients.view import ClientView
from idp.oauth.models import AppRole, Client, ClientAccessGroup, ClientAccessUser

roles, members = table_of(AppRole), table_of(GroupMember)
allowed_users, allowed_groups = (
    table_of(ClientAccessUser),
    table_of(ClientAccessGroup),
)


def let_in(client_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say that a user (``of_user``) is among those whom a restricted client is for."""
    return or_(
        exists().where(
            allowed_users.c.client_id == client_id,
            allowed_users.c.user_id == bindparam("of_user"),
        ),
        exists().where(
            allowed_groups.c.client_id == client_id,
            allowed_groups.c.group_id == members.c.group_id,
            members.c.user_id == bindparam("of_user"),
        ),
        exists().where(
            roles.c.client_id == client_id,
            roles.c.opens_client.is_(True),
            has_role(),
        ),
    )


MAY_USE = Prepared(select(literal(1)).where(let_in(bindparam("at_client"))))


def may_use(client: ClientView, user_id: str) -> bool:
    """Tell whether a user may use a client; one that is open to all asks nothing."""
    if not client.restricted:
        return True
    values = {"at_client": client.client_id, "of_user": user_id}
    return MAY_USE.one_or_none(values) is not None


def access_of(client: Client, *, by_id: bool = False) -> Access:
    """Return who may use a client, as it is declared.

    Users go by their address, or else by their id.
    """
    if not client.restricted:
        return Access()
    opening = tuple(r.name for r in find_roles(client.client_id) if r.opens_client)
    one = client.client_id
    named = holder_names(
        allowed_groups, allowed_users, key="client_id", ids=[one], by_id=by_id
    )
    return Access(everyone=False, roles=opening, holders=named[one])


def set_access(client: Client, wanted: Access) -> bool:
    """Let these use a client, and nobody else; tell whether that changes it.

    Raises InvalidClientMetadata. The client is held, and has its roles.
    """
    present = {role.name: role for role in find_roles(client.client_id)}
    unknown = [name for name in wanted.roles if name not in present]
    if unknown:
        raise refusal(ACCESS, f"the client has no role {unknown[0]!r}")
    changed = client.restricted == wanted.everyone
    client.restricted = not wanted.everyone
    for name, role in present.items():
        opens = name in wanted.roles
        changed = changed or role.opens_client != opens
        role.opens_client = opens
    db.session.flush()
    return _set_holders(client.client_id, wanted) or changed


def _set_holders(client_id: str, wanted: Access) -> bool:
    """Let these groups and users in, and no others; tell whether that changes it."""
    holders = find_holders(wanted.holders, member=ACCESS)
    tables = allowed_groups, allowed_users
    if held_ids(*tables, key="client_id", of=client_id) == holders:
        return False
    replace_pairs(*tables, key="client_id", of=client_id, by=holders)
    return True
