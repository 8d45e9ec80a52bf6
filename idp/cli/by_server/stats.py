"""``idp stats --server``."""

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import click

from idp.administration.attention import Attention, Need
from idp.administration.stats import DayNumbers
from idp.cli import stats
from idp.cli.by_server.connection import Server, by_server
from idp.cli.by_server.times import seconds_of
from idp.web.attention_words import attention_words

NUMBERS = ("users", "active_sessions", "version", "revision")
DAY = [field.name for field in fields(DayNumbers)]


@by_server(stats.command)
def _show(server: Server, *, as_json: bool) -> None:
    told = server.get("/api/admin/stats")
    if as_json:
        needs = [{**item, "at": seconds_of(item["at"])} for item in told["attention"]]
        click.echo(json.dumps({**told, "attention": needs}, indent=2))
        return
    stats.print_stats(
        attention=[(item["urgency"], _words(item)) for item in told["attention"]],
        days=[_day(each) for each in told["days"]],
        **{name: told[name] for name in NUMBERS},
    )


def _words(item: dict[str, Any]) -> str:
    """Say what needs somebody; a server of another version may know more."""
    if item["code"] not in set(Need):
        return str(item["code"])
    at = datetime.fromisoformat(item["at"]) if item["at"] else None
    names = tuple(item["names"])
    need = Attention(
        Need(item["code"]), item["urgency"], count=item["count"], names=names, at=at
    )
    return attention_words(need)


def _day(told: dict[str, Any]) -> DayNumbers:
    """Return the numbers of a day."""
    values = {name: told[name] for name in DAY}
    return DayNumbers(**{**values, "day": date.fromisoformat(told["day"])})
