"""What a group is good for: the clients that it opens, or where it gives a role."""

from sqlalchemy import or_, select

from idp.core.db import db
from idp.oauth.models import AppRole, AppRoleGroup, Client, ClientAccessGroup


def clients_of_group(group_id: str) -> list[tuple[str, str]]:
    """Return id and name of the clients that name a group, by name."""
    opened = select(ClientAccessGroup.client_id).where(
        ClientAccessGroup.group_id == group_id
    )
    with_role = (
        select(AppRole.client_id)
        .join(AppRoleGroup, AppRoleGroup.role_id == AppRole.id)
        .where(AppRoleGroup.group_id == group_id)
    )
    named = (
        select(Client.client_id, Client.client_name)
        .where(or_(Client.client_id.in_(opened), Client.client_id.in_(with_role)))
        .order_by(Client.client_name, Client.client_id)
    )
    return [(client_id, name) for client_id, name in db.session.execute(named)]
