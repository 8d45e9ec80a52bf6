"""``idp providers --server``."""

from typing import Any

from idp.cli import providers
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.cli.provider_options import members_in
from idp.cli.providers import (
    confirm_deletion,
    line_of,
    print_deleted,
    print_order,
    print_presets,
    print_preview,
    print_test,
    print_told,
)

PATH = "/api/admin/providers"
MOMENTS = ("disabled_at", "created_at", "updated_at")


@by_server(providers.create)
def _create(
    server: Server,
    *,
    provider_id: str,
    preset: str | None,
    tenant: str | None,
    **options: Any,
) -> None:
    said = _body(preset=preset, **options) | {"id": provider_id}
    if tenant is not None:
        said["tenant"] = tenant
    _print(server.send("POST", PATH, body=said))


@by_server(providers.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    print_list(list(map(line_of, server.items(PATH))), as_json=as_json)


@by_server(providers.show)
def _show(server: Server, *, provider_id: str) -> None:
    _print(server.get(_path(provider_id)))


@by_server(providers.update)
def _update(server: Server, *, provider_id: str, **options: Any) -> None:
    present = server.get(_path(provider_id))["ldap"] if options["ldap"] else None
    body = _body(present=present, **options)
    _print(server.send("PATCH", _path(provider_id), body=body))


@by_server(providers.disable)
def _disable(server: Server, *, provider_id: str) -> None:
    _print(server.send("PATCH", _path(provider_id), body={"disabled": True}))


@by_server(providers.enable)
def _enable(server: Server, *, provider_id: str) -> None:
    _print(server.send("PATCH", _path(provider_id), body={"disabled": False}))


@by_server(providers.test_provider)
def _test_provider(
    server: Server, *, provider_id: str, login: str, as_json: bool
) -> None:
    body = {"login": login} if login else None
    tested = server.send("POST", f"{_path(provider_id)}/test", body=body)
    print_test(tested, as_json=as_json)


@by_server(providers.order)
def _order(server: Server, *, ids: tuple[str, ...]) -> None:
    for provider_id in ids:
        server.get(_path(provider_id))
    others = [each["id"] for each in server.items(PATH) if each["id"] not in ids]
    for position, provider_id in enumerate((*ids, *others)):
        server.send("PATCH", _path(provider_id), body={"position": position})
    print_order([*ids, *others])


@by_server(providers.delete)
def _delete(server: Server, *, provider_id: str, yes: bool) -> None:
    told = server.get(_path(provider_id))
    confirm_deletion(told["name"], linked=told["linked"], yes=yes)
    server.send("DELETE", _path(provider_id))
    print_deleted(provider_id)


@by_server(providers.presets)
def _presets(server: Server, *, as_json: bool) -> None:
    told = server.get("/api/admin/provider-presets")["items"]
    print_presets(told, as_json=as_json)


@by_server(providers.discover)
def _discover(server: Server, *, url: str, as_json: bool) -> None:
    told = server.send("POST", "/api/admin/provider-discovery", body={"url": url})
    print_preview(told, as_json=as_json)


def _body(**options: Any) -> dict[str, Any]:
    """Return what the options say, as a request has it."""
    said, secret = members_in(**options)
    return said if secret is None else said | {"client_secret": secret}


def _print(told: dict[str, Any]) -> None:
    """Print a provider with its times as commands have them."""
    print_told(told | {name: seconds_of(told[name]) for name in MOMENTS})


def _path(provider_id: str) -> str:
    """Return where a provider is."""
    return f"{PATH}/{segment(provider_id)}"
