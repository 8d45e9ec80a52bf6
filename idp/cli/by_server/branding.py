"""``idp branding --server``."""

from typing import Any

from idp.cli import branding
from idp.cli.branding import LOGOS, print_branding, said_in
from idp.cli.by_server.connection import Server, by_server

PATH = "/api/admin/branding"


@by_server(branding.show)
def _show(server: Server) -> None:
    print_branding(server.get(PATH))


@by_server(branding.set_branding)
def _set(server: Server, **options: Any) -> None:
    said = {name: value or None for name, value in said_in(options).items()}
    told = server.send("PATCH", PATH, body=said)
    for which in LOGOS:
        path, file = f"{PATH}/{which.replace('_', '-')}", options[which]
        if file is not None:
            told = server.send_file(path, file)
        elif options[f"no_{which}"]:
            told = server.send("DELETE", path)
    print_branding(told)
