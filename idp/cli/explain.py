"""``idp explain``."""

import json
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option
from idp.security.refusals.looking import get_refusal
from idp.security.refusals.record import RefusalRecord

# A reference that begins with a hyphen is no option, nor is a letter h in it.
HYPHENATED = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


@click.command(context_settings=HYPHENATED)
@click.argument("reference")
@json_option
@with_application(Permission.AUDIT_READ)
def command(reference: str, *, as_json: bool) -> None:
    """Say why the request with this REFERENCE was refused, and what helps.

    It stands on error pages, in X-Request-Id and in errors as request_id. The status is
    3 where nothing is kept under it.
    """
    print_explanation(_whole(get_refusal(reference)), as_json=as_json)


def print_explanation(told: dict[str, Any], *, as_json: bool) -> None:
    """Print what is kept of a refusal."""
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    caller = told["client_id"] or ("known" if told["known"] else "unknown")
    click.echo(f"refused   {told['endpoint']} at {told['at']}: {told['status']}")
    click.echo(f"error     {told['error']}, by the check {told['check']}")
    click.echo(f"caller    {caller}")
    for name, value in told["received"].items():
        click.echo(f"received  {name}: {value}")
    click.echo(f"expected  {told['expected']}")
    click.echo(f"fix       {told['fix']}")


def _whole(record: RefusalRecord) -> dict[str, Any]:
    """Return a refusal as /api/admin/refusals tells it."""
    return {
        "reference": record.reference,
        "at": moment(record.at),
        "endpoint": record.endpoint,
        "status": record.status,
        "error": record.error,
        "check": record.check,
        "client_id": record.client_id or None,
        "known": record.known,
        "received": dict(record.received),
        "expected": record.expected,
        "fix": record.fix,
    }
