"""``idp orgs invites --server``."""

from typing import TextIO

from idp.cli import org_invites
from idp.cli.by_server.connection import PAGE, Server, by_server, segment
from idp.cli.by_server.invites import told_invite
from idp.cli.invites import addresses_in, print_made, print_withdrawn
from idp.cli.listing import print_list
from idp.organizations.roles import MEMBER


@by_server(org_invites.create)
def _create(
    server: Server,
    *,
    organization: str,
    emails: tuple[str, ...],
    table: TextIO | None,
    roles: tuple[str, ...],
    client_id: str | None,
    by_link: bool,
    as_json: bool,
) -> None:
    wanted, made = addresses_in(emails, table), []
    said = {
        "roles": list(roles) or [MEMBER],
        "client_id": client_id,
        "send": not by_link,
    }
    for first in range(0, len(wanted), PAGE):
        body = {**said, "emails": wanted[first : first + PAGE]}
        made += server.send("POST", _path(organization), body=body)["items"]
    lines = [(told_invite(each), each.get("url")) for each in made]
    print_made(lines, as_json=as_json)


@by_server(org_invites.list_all)
def _list_all(server: Server, *, organization: str, limit: int, as_json: bool) -> None:
    found = server.items(_path(organization), limit=limit)
    print_list([told_invite(each) for each in found], as_json=as_json)


@by_server(org_invites.resend)
def _resend(
    server: Server, *, organization: str, invite_id: str, by_link: bool, as_json: bool
) -> None:
    path = f"{_path(organization)}/{segment(invite_id)}/resend"
    made = server.send("POST", path, body={"send": not by_link})
    print_made([(told_invite(made), made.get("url"))], as_json=as_json)


@by_server(org_invites.withdraw)
def _withdraw(
    server: Server, *, organization: str, invite_id: str, as_json: bool
) -> None:
    server.send("DELETE", f"{_path(organization)}/{segment(invite_id)}")
    print_withdrawn(invite_id, as_json=as_json)


def _path(organization: str) -> str:
    """Return where the invites into an organization are."""
    return f"/api/organizations/{segment(organization)}/invites"
