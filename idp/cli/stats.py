"""``idp stats``."""

import json
from dataclasses import asdict

import click

from idp.accounts.access.permissions import Permission
from idp.administration.stats import Stats, read_stats
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
    for item in stats.attention:
        click.echo(f"{item.urgency:5} {attention_words(item)}")
    click.echo(f"users {stats.users}, active sessions {stats.active_sessions}")
    click.echo(f"version {stats.version}, schema {stats.revision}")
    print_list(stats.days, as_json=False)


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
