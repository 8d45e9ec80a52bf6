"""``idp orgs logo --server``."""

from pathlib import Path

from idp.cli import org_logos
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.org_logos import print_logo


@by_server(org_logos.logo)
def _logo(server: Server, *, organization: str, file: Path | None) -> None:
    path = f"/api/organizations/{segment(organization)}/logo"
    print_logo(server.send_file(path, file) if file else server.send("DELETE", path))
