"""``idp revoke-since``."""

import json
from datetime import UTC, datetime

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.listing import json_option
from idp.ops.restoring.revoke_since import revoke_since


@click.command()
@click.argument("moment", metavar="TIME")
@json_option
@with_application(Permission.SESSIONS_END, here_alone=True)
def command(*, moment: str, as_json: bool) -> None:
    """End all that was issued since TIME, after a restore from a backup of then.

    Sessions, grants and their tokens, personal tokens, API keys, codes, links and
    invites count no more, also access tokens that the restored database never saw:
    what was revoked since the backup is not known any more. Run it before the servers
    start. TIME is of the clock of the backup, as in 2026-03-01T14:30:00Z.
    """
    since = _read(moment)
    counts = revoke_since(since)
    if as_json:
        told = {"since": since.isoformat(), "ended": counts}
        click.echo(json.dumps(told, indent=2))
        return
    for name, count in counts.items():
        if count:
            click.echo(f"Ended: {count} {name}.")
    click.echo(f"Tokens that were issued from {since.isoformat()} until now are void.")


def _read(moment: str) -> datetime:
    """Return a moment as ISO 8601 has it; without an offset it is in UTC."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        raise click.UsageError("Write TIME as 2026-03-01T14:30:00Z.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
