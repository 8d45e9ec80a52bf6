"""``idp apis --server``."""

import json
from typing import Any, TextIO

import click

from idp.cli import apis
from idp.cli.apis import ListedApi, scope_of, scopes_in
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.listing import print_list
from idp.oauth.apis.builtin import names_at
from idp.oauth.apis.registry import UnknownApi

PATH = "/api/admin/apis"
DISCOVERY = "/.well-known/openid-configuration"
SHOWN = (
    *("identifier", "name", "signing_alg", "access_token_seconds"),
    *("imported", "scopes"),
)
Api = dict[str, Any]


@by_server(apis.create)
def _create(server: Server, *, identifier: str, **options: Any) -> None:
    body = {"identifier": identifier, **_members_in(**options)}
    _print_api(server.send("POST", PATH, body=body))


@by_server(apis.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    builtin = names_at(server.get(DISCOVERY)["issuer"])
    listed = [ListedApi(each, name, "built in", []) for each, name in builtin.items()]
    for api in server.items(PATH):
        kind = "imported" if api["imported"] else "registered"
        names = [scope["name"] for scope in api["scopes"]]
        listed.append(ListedApi(api["identifier"], api["name"], kind, names))
    print_list(listed, as_json=as_json)


@by_server(apis.show)
def _show(server: Server, *, identifier: str) -> None:
    _print_api(_api(server, identifier))


@by_server(apis.update)
def _update(server: Server, *, identifier: str, **options: Any) -> None:
    path = _path(_api(server, identifier))
    _print_api(server.send("PATCH", path, body=_members_in(**options)))


@by_server(apis.delete)
def _delete(server: Server, *, identifier: str, yes: bool) -> None:
    api = _api(server, identifier)
    if not yes:
        click.confirm(f"Delete {api['name']} for good?", abort=True, err=True)
    server.send("DELETE", _path(api))
    click.echo(json.dumps({"identifier": identifier, "deleted": True}, indent=2))


def _members_in(
    *,
    name: str | None,
    named_scopes: tuple[str, ...],
    scope_file: TextIO | None,
    signing_alg: str | None,
    access_token_seconds: int | None,
) -> dict[str, Any]:
    """Return what the options say; empty and 0 are as the client says."""
    members: dict[str, Any] = {}
    if name is not None:
        members["name"] = name
    if signing_alg is not None:
        members["signing_alg"] = signing_alg or None
    if access_token_seconds is not None:
        members["access_token_seconds"] = access_token_seconds or None
    if scope_file is not None:
        members["scopes"] = _as_members(scopes_in(scope_file))
    if named_scopes:
        members["scopes"] = _as_members(dict(map(scope_of, named_scopes)))
    return members


def _as_members(scopes: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Return scopes as a request names them."""
    return [{"name": name, "description": said} for name, said in scopes.items()]


def _api(server: Server, identifier: str) -> Api:
    """Return the API of an identifier; raises UnknownApi."""
    for api in server.items(PATH, query=identifier):
        if api["identifier"] == identifier:
            found: Api = api
            return found
    raise UnknownApi


def _print_api(api: Api) -> None:
    """Print what is declared."""
    shown = {name: api[name] for name in SHOWN}
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _path(api: Api) -> str:
    """Return where an API is."""
    return f"{PATH}/{segment(api['id'])}"
