"""``idp waitlists --server``."""

from idp.cli import waitlists
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.waitlists import ListedFeature, ListedWaiter, print_removed

PATH = "/api/admin/waitlists"


@by_server(waitlists.list_all)
def _list_all(server: Server, *, limit: int, as_json: bool) -> None:
    listed = [
        ListedFeature(
            row["feature"],
            row["waiting"],
            seconds_of(row["first_at"]) or "",
            seconds_of(row["newest_at"]) or "",
        )
        for row in server.items(PATH, limit=limit)
    ]
    print_list(listed, as_json=as_json)


@by_server(waitlists.show)
def _show(server: Server, *, feature: str, limit: int, as_json: bool) -> None:
    listed = [
        ListedWaiter(
            row["user_id"],
            row["email"],
            row["organization_id"],
            row["organization_name"],
            row["personal"],
            seconds_of(row["created_at"]) or "",
        )
        for row in server.items(f"{PATH}/{segment(feature)}", limit=limit)
    ]
    print_list(listed, as_json=as_json)


@by_server(waitlists.remove)
def _remove(
    server: Server,
    *,
    feature: str,
    login: str,
    organization_id: str | None,
    as_json: bool,
) -> None:
    user, path = user_at(server, login), f"{PATH}/{segment(feature)}"
    places = [
        row["organization_id"]
        for row in server.items(path)
        if row["user_id"] == user["id"]
        and organization_id in (None, row["organization_id"])
    ]
    for place in places:
        server.send("DELETE", f"{path}/{segment(place)}/{segment(user['id'])}")
    print_removed(feature, email=user["email"], removed=len(places), as_json=as_json)
