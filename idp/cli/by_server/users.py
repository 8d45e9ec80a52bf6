"""``idp users list --server``."""

from idp.cli import users
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.listing import print_list
from idp.ops.listings import ListedUser


@by_server(users.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    listed = [
        ListedUser(
            user["id"],
            user["email"],
            user["email_verified"],
            user["username"],
            user["status"],
            server.get(f"/api/accounts/{segment(user['id'])}")["roles"],
        )
        for user in server.items("/api/users")
    ]
    print_list(listed, as_json=as_json)
