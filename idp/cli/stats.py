"""``idp stats``."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import click

from idp.accounts.access.permissions import Permission
from idp.administration.stats import DayNumbers, Stats, read_stats
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, print_list
from idp.web.attention_words import attention_words


@click.command()
@json_option
@with_application(Permission.USERS_READ)
def command(*, as_json: bool) -> None:
    """Show the server in numbers, and what needs somebody.

    For each of the last thirty days, in UTC: sign-ins, sign-ups, failed sign-ins.
    """
    stats = read_stats()
    if as_json:
        click.echo(json.dumps(_whole(stats), indent=2))
        return
    print_stats(
        attention=[(item.urgency, attention_words(item)) for item in stats.attention],
        days=stats.days,
        users=stats.users,
        active_sessions=stats.active_sessions,
        version=stats.version,
        revision=stats.revision,
    )


def print_stats(
    *,
    attention: Sequence[tuple[str, str]],
    days: Sequence[DayNumbers],
    users: int,
    active_sessions: int,
    version: str,
    revision: str,
) -> None:
    """Print the numbers to people; ``attention`` is how urgent, and what."""
    for urgency, words in attention:
        click.echo(f"{urgency:5} {words}")
    click.echo(f"users {users}, active sessions {active_sessions}")
    click.echo(f"version {version}, schema {revision}")
    print_list(days, as_json=False)


def _whole(stats: Stats) -> dict[str, object]:
    """Return the numbers as JSON, as /api/admin/stats tells them."""
    attention = [
        {
            "code": item.need,
            "urgency": item.urgency,
            "count": item.count,
            "names": list(item.names),
            "at": moment(item.at),
        }
        for item in stats.attention
    ]
    days = [{**asdict(day), "day": day.day.isoformat()} for day in stats.days]
    return {**asdict(stats), "days": days, "attention": attention}
