"""``idp audit``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.administration.audit_search import AuditFilters, search_audit
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.paging import FirstItems
from idp.security.models import AuditEvent

MOST = 1000
SHOWN_BY_TAIL = 20
TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])


@dataclass(frozen=True)
class ListedEvent:
    """One line about an event, for people."""

    occurred_at: str | None
    event: str
    outcome: str
    who: str | None
    whom: str | None
    client_id: str | None
    ip: str | None


@dataclass(frozen=True)
class WholeEvent:
    """All that is kept of an event, for programs."""

    id: str
    occurred_at: str | None
    event: str
    outcome: str
    user_id: str | None
    actor: str | None
    subject: str | None
    client_id: str | None
    organization_id: str | None
    ip: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, Any]


def _filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each filter."""
    options = (
        click.option("--who", help="A user's id, operator, api_key:ID or client:ID."),
        click.option("--event", help="Such as client.changed."),
        click.option("--outcome", type=click.Choice(["ok", "refused"])),
        click.option("--whom", help="The id of the user it was done to."),
        click.option("--client", "client_id", help="The id of a client."),
        click.option("--ip", help="The address that it came from."),
        click.option("--request", "request_id", help="The reference of an error page."),
        click.option("--since", type=TIME, help="Not before, in UTC."),
        click.option("--until", type=TIME, help="Before, in UTC."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Search the audit log: who did what, to whom, from where and when."""


@command.command()
@_filter_options
@limit_option(MOST)
@json_option
@with_application(Permission.AUDIT_READ)
def search(*, limit: int, as_json: bool, **filters: Any) -> None:
    """List the events that are like this, the newest first."""
    page = search_audit(_filters(**filters), FirstItems(limit))
    _print(page.items, as_json=as_json)


@command.command()
@_filter_options
@limit_option(SHOWN_BY_TAIL)
@json_option
@with_application(Permission.AUDIT_READ)
def tail(*, limit: int, as_json: bool, **filters: Any) -> None:
    """List the last events that are like this, the newest at the end."""
    page = search_audit(_filters(**filters), FirstItems(limit))
    _print(page.items[::-1], as_json=as_json)


def _filters(
    *, since: datetime | None, until: datetime | None, **others: Any
) -> AuditFilters:
    """Return the filters of a command line, whose times are in UTC."""
    return AuditFilters(
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        **others,
    )


def _print(rows: list[AuditEvent], *, as_json: bool) -> None:
    """Print rows: whole as JSON, the most of them to people."""
    if as_json:
        print_list([_whole(row) for row in rows], as_json=True)
    else:
        print_list([_listed(row) for row in rows], as_json=False)


def _listed(row: AuditEvent) -> ListedEvent:
    """Return the line about a row."""
    return ListedEvent(
        occurred_at=moment(row.occurred_at),
        event=row.event,
        outcome=row.outcome,
        who=row.actor or row.user_id,
        whom=row.subject,
        client_id=row.client_id,
        ip=row.ip,
    )


def _whole(row: AuditEvent) -> WholeEvent:
    """Return all that a row holds."""
    return WholeEvent(
        id=row.id,
        occurred_at=row.occurred_at.isoformat(),
        event=row.event,
        outcome=row.outcome,
        user_id=row.user_id,
        actor=row.actor,
        subject=row.subject,
        client_id=row.client_id,
        organization_id=row.organization_id,
        ip=row.ip,
        user_agent=row.user_agent,
        request_id=row.request_id,
        detail=row.detail,
    )
