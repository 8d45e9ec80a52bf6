"""``idp approvals --server``."""

from idp.cli import approvals
from idp.cli.approvals import DecidedLine, WaitingLine
from idp.cli.by_server.connection import Server, by_server
from idp.cli.by_server.people import user_at
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list

PATH = "/api/admin/approvals"


@by_server(approvals.list_all)
def _list_all(server: Server, *, query: str, limit: int, as_json: bool) -> None:
    lines = [
        WaitingLine(row["id"], row["email"], row["name"], seconds_of(row["asked_at"]))
        for row in server.items(PATH, limit=limit, query=query)
    ]
    print_list(lines, as_json=as_json)


@by_server(approvals.approve)
def _approve(server: Server, *, logins: tuple[str, ...], as_json: bool) -> None:
    _decide(server, "approve", logins=logins, as_json=as_json)


@by_server(approvals.decline)
def _decline(server: Server, *, logins: tuple[str, ...], as_json: bool) -> None:
    _decide(server, "decline", logins=logins, as_json=as_json)


def _decide(
    server: Server, act: str, *, logins: tuple[str, ...], as_json: bool
) -> None:
    """Decide about users, and print those who waited."""
    users = [user_at(server, login)["id"] for login in logins]
    done = server.send("POST", f"{PATH}/{act}", body={"users": users})
    lines = [DecidedLine(each, f"{act}d") for each in done["users"]]
    print_list(lines, as_json=as_json)
