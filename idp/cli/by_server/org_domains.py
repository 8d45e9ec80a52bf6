"""``idp orgs domains --server``."""

from typing import Any

from idp.cli import org_domains
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.org_domains import line_of, print_removed, print_told

PATH = "/api/organizations"
MOMENTS = ("verified_at", "checked_at", "created_at")
Answer = dict[str, Any]


@by_server(org_domains.list_all)
def _list_all(server: Server, *, organization: str, as_json: bool) -> None:
    print_list(list(map(line_of, _listed(server, organization))), as_json=as_json)


@by_server(org_domains.show)
def _show(server: Server, *, organization: str, domain: str) -> None:
    _print(server.get(_path(organization, domain)))


@by_server(org_domains.add)
def _add(server: Server, *, organization: str, domain: str) -> None:
    _print(server.send("POST", _path(organization), body={"domain": domain}))


@by_server(org_domains.verify)
def _verify(
    server: Server, *, organization: str, domain: str, mail: str | None
) -> None:
    body = {"method": "mail", "mailbox": mail} if mail else {"method": "dns"}
    path = f"{_path(organization, domain)}/verify"
    _print(server.send("POST", path, body=body))


@by_server(org_domains.update)
def _update(
    server: Server,
    *,
    organization: str,
    domain: str,
    auto_join: bool | None,
    provider: str | None,
) -> None:
    body: Answer = {} if auto_join is None else {"auto_join": auto_join}
    if provider is not None:
        body["provider"] = provider or None
    _print(server.send("PATCH", _path(organization, domain), body=body))


@by_server(org_domains.remove)
def _remove(server: Server, *, organization: str, domain: str) -> None:
    server.send("DELETE", _path(organization, domain))
    print_removed(domain)


def _listed(server: Server, organization: str) -> list[Answer]:
    """Return all domains of an organization."""
    listed: list[Answer] = server.get(_path(organization))
    return listed


def _path(organization: str, domain: str | None = None) -> str:
    """Return where the domains of an organization are, or one of them."""
    path = f"{PATH}/{segment(organization)}/domains"
    return path if domain is None else f"{path}/{segment(domain)}"


def _print(answer: Answer) -> None:
    """Print a domain with its times as commands have them."""
    print_told(answer | {name: seconds_of(answer[name]) for name in MOMENTS})
