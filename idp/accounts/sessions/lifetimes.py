"""How long a browser session lasts, used and unused."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, update

from idp.accounts.models import BrowserSession
from idp.accounts.policies.effective import Places, demanded, effective
from idp.accounts.policies.keys import SESSION_IDLE, SESSION_LIFETIME
from idp.accounts.sessions.find import LIVE, LiveSession, seconds_between
from idp.accounts.settings import AccountsSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import UTCDateTime, db, table_of

TOUCH_AFTER = timedelta(minutes=1)
TOUCH_BY_PROGRAM_AFTER = timedelta(minutes=5)

sessions = table_of(BrowserSession)

RESTED = bindparam("rested_seconds", type_=sessions.c.unused_seconds.type)
IDLE_UNTIL = bindparam("idle_until", type_=UTCDateTime())
TOUCH = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.last_seen_at <= bindparam("unless_after"))
    .values(
        last_seen_at=bindparam("now"),
        unused_seconds=case(
            (sessions.c.unused_seconds > RESTED, sessions.c.unused_seconds),
            else_=RESTED,
        ),
        idle_expires_at=case(
            (sessions.c.idle_expires_at > IDLE_UNTIL, sessions.c.idle_expires_at),
            else_=IDLE_UNTIL,
        ),
    )
)


@dataclass(frozen=True, slots=True)
class SessionUse:
    """How a session stands, read beside what depends on it."""

    id: str
    remember: bool
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def live(self, now: datetime) -> bool:
        """Tell whether it holds: LIVE, of values."""
        return (
            self.ended_at is None and min(self.idle_expires_at, self.expires_at) > now
        )


def lifetimes(
    now: datetime, *, places: Places, remember: bool, may_idle: bool = False
) -> dict[str, datetime]:
    """Return when a session ends, used and unused; the latter is never later.

    A remembered one may lie unused for all of its lifetime, as one without cookies
    does (``may_idle``): its user chose that. Policies bound both all the same.
    """
    longest = effective(SESSION_LIFETIME, places)
    if remember:
        kept = current(AccountsSettings).session_remember_seconds
        longest = min(kept, demanded(SESSION_LIFETIME, places) or kept)
    unused = demanded(SESSION_IDLE, places) or longest
    if not (remember or may_idle):
        unused = effective(SESSION_IDLE, places)
    until = now + timedelta(seconds=longest)
    idle_until = now + timedelta(seconds=unused)
    return {"expires_at": until, "idle_expires_at": min(idle_until, until)}


def touch_session(
    live: LiveSession | SessionUse, *, after: timedelta = TOUCH_AFTER
) -> None:
    """Note that a session is in use, if that was not noted within ``after``.

    Its idle time, which it has from its beginning, starts anew; the longest rest since
    its last proof is kept. Of requests at the same moment one writes.
    """
    now = utcnow()
    db.session.execute(
        TOUCH,
        {
            "session_id": live.id,
            "now": now,
            "unless_after": now - after,
            "rested_seconds": seconds_between(live.last_seen_at, now),
            "idle_until": min(now + _idle_time(live), live.expires_at),
        },
    )


def touch_by_program(session: SessionUse) -> None:
    """Note that an app uses a session; no statement unless it is time to.

    That is after five minutes, sooner where a session idles out sooner than that.
    """
    after = min(TOUCH_BY_PROGRAM_AFTER, _idle_time(session) / 2)
    if utcnow() - session.last_seen_at >= after:
        touch_session(session, after=after)


def _idle_time(session: LiveSession | SessionUse) -> timedelta:
    """Return how long a session may lie unused; less than that near its end."""
    return session.idle_expires_at - session.last_seen_at
