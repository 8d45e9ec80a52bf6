"""The server in numbers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from idp.accounts.models import BrowserSession, User
from idp.administration.attention import Arrival, Attention, needs
from idp.administration.daily_counts import daily_counts
from idp.administration.release import Release, applied_revision
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db


@dataclass(frozen=True)
class DayNumbers:
    """What happened on a day, in UTC; confirmations of identity are no sign-ins."""

    day: date
    sign_ins: int
    sign_ups: int
    failures: int


@dataclass(frozen=True)
class Stats:
    """The numbers of thirty days, the oldest first, and how it stands now.

    ``revision`` is the one that the database is at.
    """

    days: list[DayNumbers]
    users: int
    active_sessions: int
    attention: list[Attention]
    version: str
    revision: str


def read_stats(arrival: Arrival | None = None) -> Stats:
    """Return the server in numbers; ``arrival`` is how the request came that asks."""
    live = select(func.count()).where(
        BrowserSession.ended_at.is_(None), BrowserSession.idle_expires_at > utcnow()
    )
    return Stats(
        days=[DayNumbers(day, **found) for day, found in daily_counts().items()],
        users=db.session.scalar(select(func.count()).select_from(User)) or 0,
        active_sessions=db.session.scalar(live) or 0,
        attention=needs(arrival),
        version=current(Release).version,
        revision=applied_revision(),
    )
