"""/api/admin/stats: the server in numbers."""

from dataclasses import asdict
from datetime import date, datetime

from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.administration.attention import Attention, Need, Urgency
from idp.administration.stats import read_stats
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.callers.requester import this_arrival
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("admin_stats_api", __name__, tag="Administration: server")


class DayAnswer(Answer):
    """What happened on one day, in UTC."""

    __qualname__ = "DayNumbers"  # as the API document calls it

    day: date
    sign_ins: int
    sign_ups: int
    failures: int = Field(description="Failed sign-ins, and those that were limited")


class AttentionAnswer(Answer):
    """Something that needs somebody.

    `count` is how many there are of it, `names` which; `at` is since or until when.
    """

    __qualname__ = "Attention"  # as the API document calls it

    code: Need
    urgency: Urgency
    count: int | None
    names: list[str]
    at: datetime | None


class StatsAnswer(Answer):
    """The numbers of thirty days, the oldest first, and how it stands now.

    `revision` is that of the database.
    """

    __qualname__ = "Stats"  # as the API document calls it

    days: list[DayAnswer]
    users: int
    active_sessions: int
    attention: list[AttentionAnswer]
    version: str
    revision: str


@api.operation(
    "GET",
    "/api/admin/stats",
    id="admin_stats_api_show",
    answers={200: StatsAnswer},
    refusals=(NotPermitted,),
)
def show(who: Caller) -> StatsAnswer:
    """Tell how many signed in and up, what failed, and what needs somebody."""
    access.require(who, Permission.USERS_READ)
    stats = read_stats(this_arrival())
    return StatsAnswer(
        days=[DayAnswer(**asdict(day)) for day in stats.days],
        users=stats.users,
        active_sessions=stats.active_sessions,
        attention=[_attention(item) for item in stats.attention],
        version=stats.version,
        revision=stats.revision,
    )


def _attention(item: Attention) -> AttentionAnswer:
    """Return what needs somebody as an answer."""
    return AttentionAnswer(
        code=item.need,
        urgency=item.urgency,
        count=item.count,
        names=list(item.names),
        at=item.at,
    )
