"""``idp clients list --server``."""

from idp.cli import clients
from idp.cli.by_server.connection import Server, by_server
from idp.cli.clients import ListedClient
from idp.cli.listing import print_list


@by_server(clients.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    found = server.items("/api/admin/clients")
    listed = [
        ListedClient(
            client["client_id"],
            client["client_name"],
            client["token_endpoint_auth_method"],
            client["disabled"],
        )
        for client in sorted(found, key=lambda each: str(each["client_name"]))
    ]
    print_list(listed, as_json=as_json)
