"""``idp users create|link|list --server``."""

from datetime import datetime
from typing import Any, TextIO

from idp.accounts.access.permissions import Role
from idp.cli import users
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.people import user_at
from idp.cli.listing import print_list
from idp.ops.first_start import one_time_password
from idp.ops.listings import ListedUser

PATH = "/api/users"
LONG_ENOUGH = 20  # for the policy of a server that this machine does not know


@by_server(users.create)
def _create(
    server: Server,
    *,
    email: str,
    username: str | None,
    name: str | None,
    roles: tuple[str, ...],
    admin: bool,
    unverified: bool,
    password_file: TextIO | None,
    attributes: dict[str, Any],
    as_json: bool,
) -> None:
    given = users.password_in(password_file)
    password = given or one_time_password(LONG_ENOUGH)
    wanted = sorted({*roles, *([Role.ADMIN] if admin else [])})
    body = {
        "email": email,
        "username": username,
        "name": name,
        "password": password,
        "attributes": attributes,
        "email_verified": not unverified,
        "roles": wanted,
        "require_password_change": not given,
    }
    made = server.send("POST", PATH, body=body)
    listed = ListedUser(
        made["id"],
        made["email"],
        made["email_verified"],
        made["username"],
        made["status"],
        wanted,
    )
    once = None if given else password
    users.print_created(listed, one_time_password=once, as_json=as_json)


@by_server(users.link)
def _link(server: Server, *, login: str, new_password: bool, as_json: bool) -> None:
    path = f"/api/accounts/{segment(user_at(server, login)['id'])}/link"
    made = server.send("POST", path, body={"new_password": new_password})
    until = datetime.fromisoformat(made["expires_at"])
    users.print_link(made["url"], expires_at=until, as_json=as_json)


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
        for user in server.items(PATH)
    ]
    print_list(listed, as_json=as_json)
