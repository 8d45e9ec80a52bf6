"""Changing who may use a client and what roles it gives, and saying how it stands."""

from dataclasses import dataclass
from typing import Any

from idp.oauth.clients.access.allowed import access_of, set_access
from idp.oauth.clients.access.members import ACCESS, APP_ROLES, People
from idp.oauth.clients.access.roles import list_roles, set_roles
from idp.oauth.models import Client


def describe_people(client: Client, *, by_id: bool = False) -> dict[str, Any]:
    """Return the members ``access`` and ``app_roles`` of a client.

    Users go by their address, or else by their id.
    """
    app_roles = list_roles(client.client_id, by_id=by_id)
    return {
        ACCESS: access_of(client, by_id=by_id).as_json(),
        APP_ROLES: [role.as_json() for role in app_roles],
    }


@dataclass(frozen=True)
class PeopleChange:
    """The members that are different now, without addresses."""

    before: dict[str, Any]
    after: dict[str, Any]


def write_people(client: Client, wanted: People) -> PeopleChange:
    """Make a client's users and roles so, of a client that is held.

    Raises InvalidClientMetadata.
    """
    if wanted == People():
        return PeopleChange({}, {})
    before = describe_people(client, by_id=True)
    if wanted.app_roles is not None:
        set_roles(client.client_id, wanted.app_roles)
    if wanted.access is not None:
        set_access(client, wanted.access)
    after = describe_people(client, by_id=True)
    differing = [name for name in before if before[name] != after[name]]
    return PeopleChange(
        {name: before[name] for name in differing},
        {name: after[name] for name in differing},
    )
