"""``idp api-keys --server``."""

import json
from datetime import datetime
from typing import Any

import click

from idp.cli import api_keys
from idp.cli.api_keys import ListedApiKey
from idp.cli.by_server.connection import Server, by_server, segment
from idp.cli.by_server.times import seconds_of
from idp.cli.listing import print_list
from idp.core.clock import utcnow
from idp.ops.refusals import Refusal

PATH = "/api/admin/api-keys"


@by_server(api_keys.create)
def _create(_server: Server, **_wanted: object) -> None:
    raise Refusal(
        "An API key makes no API keys, so that one that leaks does not outlive its "
        "end. Make it at /admin/api-keys, or on the machine without --server."
    )


@by_server(api_keys.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    print_list([_line(key) for key in server.items(PATH)], as_json=as_json)


@by_server(api_keys.revoke)
def _revoke(server: Server, *, key_id: str, as_json: bool) -> None:
    server.send("DELETE", f"{PATH}/{segment(key_id)}")
    shown = {"id": key_id, "revoked": True}
    click.echo(json.dumps(shown, indent=2) if as_json else f"Revoked {key_id}.")


def _line(key: dict[str, Any]) -> ListedApiKey:
    """Return a key as it is listed."""
    over = datetime.fromisoformat(key["expires_at"]) <= utcnow()
    ended = "expired" if over else "live"
    return ListedApiKey(
        id=key["id"],
        name=key["name"],
        prefix=key["prefix"],
        state="revoked" if key["revoked_at"] else ended,
        expires_at=seconds_of(key["expires_at"]) or "",
        last_used_at=seconds_of(key["last_used_at"]),
        created_by=key["created_by"] or "operator",
        permissions=key["permissions"],
    )
