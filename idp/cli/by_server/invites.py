"""``idp invites --server``."""

from typing import Any, TextIO

from idp.cli import invites
from idp.cli.by_server.connection import PAGE, Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.invites import (
    ListedInvite,
    addresses_in,
    print_made,
    print_withdrawn,
)
from idp.cli.listing import print_list

PATH = "/api/admin/invites"


def told_invite(invite: dict[str, Any]) -> ListedInvite:
    """Return an invite as it is listed."""
    return ListedInvite(
        id=invite["id"],
        email=invite["email"],
        state=invite["state"],
        mailed=invite["mailed"],
        expires_at=seconds_of(invite["expires_at"]) or "",
        invited_by=invite["invited_by"] or "operator",
        client_id=invite["client_id"] or "",
    )


@by_server(invites.create)
def _create(
    server: Server,
    *,
    emails: tuple[str, ...],
    table: TextIO | None,
    client_id: str | None,
    by_link: bool,
    as_json: bool,
) -> None:
    wanted, made = addresses_in(emails, table), []
    for first in range(0, len(wanted), PAGE):
        body = {
            "emails": wanted[first : first + PAGE],
            "client_id": client_id,
            "send": not by_link,
        }
        made += server.send("POST", PATH, body=body)["items"]
    print_made([(told_invite(each), each.get("url")) for each in made], as_json=as_json)


@by_server(invites.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    print_list([told_invite(each) for each in server.items(PATH)], as_json=as_json)


@by_server(invites.resend)
def _resend(server: Server, *, invite_id: str, by_link: bool, as_json: bool) -> None:
    path = f"{PATH}/{segment(invite_id)}/resend"
    made = server.send("POST", path, body={"send": not by_link})
    print_made([(told_invite(made), made.get("url"))], as_json=as_json)


@by_server(invites.withdraw)
def _withdraw(server: Server, *, invite_id: str, as_json: bool) -> None:
    server.send("DELETE", f"{PATH}/{segment(invite_id)}")
    print_withdrawn(invite_id, as_json=as_json)
