"""``idp waitlist --server``."""

from typing import Any

from idp.cli import waitlist
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.waitlist import DecidedPlace, PlaceLine, require_one

PATH = "/api/admin/waitlist"


@by_server(waitlist.list_all)
def _list_all(
    server: Server, *, state: str, query: str, limit: int, as_json: bool
) -> None:
    lines = [
        PlaceLine(
            row["id"],
            row["email"],
            row["state"],
            seconds_of(row["asked_at"]),
            row["note"],
            row["client_id"],
        )
        for row in server.items(PATH, limit=limit, state=state, query=query)
    ]
    print_list(lines, as_json=as_json)


@by_server(waitlist.admit)
def _admit(
    server: Server, *, places: tuple[str, ...], count: int | None, as_json: bool
) -> None:
    require_one(places, count)
    body: dict[str, Any] = {"next": count} if count else {"places": list(places)}
    done = server.send("POST", f"{PATH}/admit", body=body)
    print_list([DecidedPlace(each) for each in done["places"]], as_json=as_json)


@by_server(waitlist.remove)
def _remove(server: Server, *, places: tuple[str, ...], as_json: bool) -> None:
    for place in places:
        server.send("DELETE", f"{PATH}/{segment(place)}")
    print_list([DecidedPlace(each, "removed") for each in places], as_json=as_json)
