"""``idp orgs --server``."""

from typing import Any

import click

from idp.cli import orgs
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.listing import print_list
from idp.cli.orgs import MemberLine, OrganizationLine, print_shown

ALL, MEMBERS_OF = "/api/admin/organizations", "/api/organizations"
SHOWN = (
    *("id", "slug", "name", "logo_uri", "status"),
    *("approved", "delete_at", "member_count"),
)
Answer = dict[str, Any]


@by_server(orgs.create)
def _create(
    server: Server,
    *,
    name: str,
    slug: str | None,
    logo_uri: str | None,
    owner: str | None,
) -> None:
    owner_id = user_at(server, owner)["id"] if owner else None
    body = {"name": name, "slug": slug, "logo_uri": logo_uri, "owner_id": owner_id}
    _print(server.send("POST", ALL, body=body))


@by_server(orgs.list_all)
def _list_all(server: Server, *, query: str, limit: int, as_json: bool) -> None:
    listed = [
        OrganizationLine(
            row["id"], row["slug"], row["name"], row["status"], row["member_count"]
        )
        for row in server.items(ALL, limit=limit, query=query)
    ]
    print_list(listed, as_json=as_json)


@by_server(orgs.show)
def _show(server: Server, *, organization: str) -> None:
    _print(server.get(_path(organization)))


@by_server(orgs.members)
def _members(
    server: Server,
    *,
    organization: str,
    query: str,
    role: str,
    limit: int,
    as_json: bool,
) -> None:
    path = f"{MEMBERS_OF}/{segment(organization)}/members"
    listed = [
        MemberLine(
            row["user"]["id"], row["user"]["email"] or "", " ".join(row["roles"])
        )
        for row in server.items(path, limit=limit, query=query, role=role)
    ]
    print_list(listed, as_json=as_json)


@by_server(orgs.update)
def _update(
    server: Server,
    *,
    organization: str,
    name: str | None,
    slug: str | None,
    logo_uri: str | None,
) -> None:
    given = {"name": name, "slug": slug}
    body: Answer = {field: value for field, value in given.items() if value}
    if logo_uri is not None:
        body["logo_uri"] = logo_uri or None
    _change(server, organization, body=body)


@by_server(orgs.disable)
def _disable(server: Server, *, organization: str) -> None:
    _change(server, organization, body={"status": "disabled"})


@by_server(orgs.enable)
def _enable(server: Server, *, organization: str) -> None:
    _change(server, organization, body={"status": "active"})


@by_server(orgs.approve)
def _approve(server: Server, *, organization: str) -> None:
    _change(server, organization, body={"approved": True})


@by_server(orgs.delete)
def _delete(server: Server, *, organization: str, yes: bool) -> None:
    path = _path(organization)
    if not yes:
        name = server.get(path)["name"]
        click.confirm(f"Delete {name}?", abort=True, err=True)
    server.send("DELETE", path)
    _print(server.get(path))


@by_server(orgs.undo)
def _undo(server: Server, *, organization: str) -> None:
    _print(server.send("POST", f"{_path(organization)}/undo", body={}))


@by_server(orgs.add)
def _add(
    server: Server, *, organization: str, login: str, roles: tuple[str, ...]
) -> None:
    body = {"roles": list(roles)} if roles else {}
    path = _member(server, organization, login=login)
    _print_member(server.send("PUT", path, body=body))


@by_server(orgs.roles)
def _roles(
    server: Server, *, organization: str, login: str, roles: tuple[str, ...]
) -> None:
    path = _member(server, organization, login=login)
    _print_member(server.send("PATCH", path, body={"roles": list(roles)}))


@by_server(orgs.remove)
def _remove(server: Server, *, organization: str, login: str) -> None:
    server.send("DELETE", _member(server, organization, login=login))
    _print(server.get(_path(organization)))


def _change(server: Server, organization: str, *, body: Answer) -> None:
    """Change an organization, and print it."""
    _print(server.send("PATCH", _path(organization), body=body))


def _path(organization: str) -> str:
    """Return where an organization is."""
    return f"{ALL}/{segment(organization)}"


def _member(server: Server, organization: str, *, login: str) -> str:
    """Return where the membership of a user is; raises NoSuchUser."""
    user_id = segment(user_at(server, login)["id"])
    return f"{MEMBERS_OF}/{segment(organization)}/members/{user_id}"


def _print(answer: Answer) -> None:
    """Print an organization."""
    print_shown({name: answer[name] for name in SHOWN})


def _print_member(answer: Answer) -> None:
    """Print one member."""
    user = answer["user"]
    print_shown({"id": user["id"], "email": user["email"], "roles": answer["roles"]})
