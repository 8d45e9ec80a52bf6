"""``idp policies --server``."""

import json
from typing import Any

import click

from idp.accounts.policies.keys import Scope
from idp.cli import policies
from idp.cli.by_server.connection import Server, by_server
from idp.cli.listing import print_list
from idp.cli.policies import ListedPolicy, typed_value

PATH = "/api/admin/policies"


@by_server(policies.list_all)
def _list_all(server: Server, *, scope: str, scope_id: str, as_json: bool) -> None:
    place = server.get(PATH, scope=scope, scope_id=scope_id)
    places = [place]
    if scope == Scope.INSTANCE:
        places += [server.get(PATH, **each) for each in place["elsewhere"]]
    listed = [
        _line(each, policy)
        for each in places
        for policy in each["policies"]
        if each is place or policy["source"] == "row"
    ]
    print_list(listed, as_json=as_json)


@by_server(policies.set_value)
def _set_value(
    server: Server, *, key: str, value: str, scope: str, scope_id: str, as_json: bool
) -> None:
    typed = typed_value(key, value)
    _change(server, {key: typed}, query=_query(scope, scope_id), as_json=as_json)


@by_server(policies.unset)
def _unset(
    server: Server, *, key: str, scope: str, scope_id: str, as_json: bool
) -> None:
    _change(server, {key: None}, query=_query(scope, scope_id), as_json=as_json)


def _query(scope: str, scope_id: str) -> dict[str, object]:
    """Return which place is meant."""
    return {"scope": scope, "scope_id": scope_id}


def _change(
    server: Server, values: dict[str, Any], *, query: dict[str, object], as_json: bool
) -> None:
    """Decide one policy, and print what holds."""
    place = server.send("PATCH", PATH, body={"values": values}, query=query)
    (line,) = (
        _line(place, each) for each in place["policies"] if each["key"] in values
    )
    if as_json:
        click.echo(json.dumps(line.__dict__, indent=2))
    else:
        print_list([line], as_json=False)


def _line(place: dict[str, Any], policy: dict[str, Any]) -> ListedPolicy:
    """Return a policy as it is listed."""
    return ListedPolicy(
        place["scope"],
        place["scope_id"],
        policy["key"],
        policy["value"],
        policy["source"],
    )
