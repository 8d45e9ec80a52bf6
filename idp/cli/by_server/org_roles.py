"""``idp orgs own-roles --server``."""

from idp.cli import org_roles
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.listing import print_list
from idp.cli.org_roles import OwnRoleLine, print_removed_role, print_role


@by_server(org_roles.list_all)
def _list_all(server: Server, *, organization: str, as_json: bool) -> None:
    found = server.get(_path(organization))
    lines = [OwnRoleLine(role["name"], role["permissions"]) for role in found]
    print_list(lines, as_json=as_json)


@by_server(org_roles.set_one)
def _set_one(
    server: Server, *, organization: str, name: str, permissions: tuple[str, ...]
) -> None:
    path = f"{_path(organization)}/{segment(name)}"
    role = server.send("PUT", path, body={"permissions": list(permissions)})
    print_role(role["name"], role["permissions"])


@by_server(org_roles.remove)
def _remove(server: Server, *, organization: str, name: str) -> None:
    server.send("DELETE", f"{_path(organization)}/{segment(name)}")
    print_removed_role(name)


def _path(organization: str) -> str:
    """Return where the own roles of an organization are."""
    return f"/api/organizations/{segment(organization)}/roles"
