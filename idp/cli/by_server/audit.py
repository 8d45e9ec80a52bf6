"""``idp audit --server``."""

from datetime import UTC, datetime
from typing import Any

from idp.cli import audit
from idp.cli.audit import ListedEvent, WholeEvent
from idp.cli.by_server.connection import Server, by_server
from idp.cli.by_server.times import exact, seconds_of
from idp.cli.listing import print_list


@by_server(audit.search)
def _search(server: Server, *, limit: int, as_json: bool, **filters: Any) -> None:
    _print(_found(server, limit=limit, **filters), as_json=as_json)


@by_server(audit.tail)
def _tail(server: Server, *, limit: int, as_json: bool, **filters: Any) -> None:
    _print(_found(server, limit=limit, **filters)[::-1], as_json=as_json)


def _found(server: Server, *, limit: int, **filters: Any) -> list[dict[str, Any]]:
    """Return the events that are like this, the newest first."""
    asked = {
        name: value.replace(tzinfo=UTC).isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in filters.items()
    }
    found: list[dict[str, Any]] = server.items("/api/admin/audit", limit=limit, **asked)
    return found


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print events: whole as JSON, the most of them to people."""
    if as_json:
        whole = [WholeEvent(**row) for row in map(_with_exact_time, rows)]
        print_list(whole, as_json=True)
    else:
        print_list([_listed(row) for row in rows], as_json=False)


def _with_exact_time(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its time as commands print it."""
    return {**row, "occurred_at": exact(row["occurred_at"])}


def _listed(row: dict[str, Any]) -> ListedEvent:
    """Return the line about an event."""
    return ListedEvent(
        occurred_at=seconds_of(row["occurred_at"]),
        event=row["event"],
        outcome=row["outcome"],
        who=row["actor"] or row["user_id"],
        whom=row["subject"],
        client_id=row["client_id"],
        ip=row["ip"],
    )
