"""How long a browser session lasts, used and unused."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, update

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import LIVE, LiveSession
from idp.accounts.settings import AccountsSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import UTCDateTime, db, table_of

TOUCH_AFTER = timedelta(minutes=1)

sessions = table_of(BrowserSession)

IDLE_UNTIL = bindparam("idle_until", type_=UTCDateTime())
TOUCH = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.last_seen_at <= bindparam("unless_after"))
    .values(
        last_seen_at=bindparam("now"),
        idle_expires_at=case(
            (sessions.c.idle_expires_at > IDLE_UNTIL, sessions.c.idle_expires_at),
            else_=IDLE_UNTIL,
        ),
    )
)


def lifetimes(now: datetime, *, remember: bool) -> dict[str, datetime]:
    """Return when a session ends, used and unused.

    A remembered one may lie unused for all of its lifetime: its user chose that.
    """
    settings = current(AccountsSettings)
    if remember:
        until = now + timedelta(seconds=settings.session_remember_seconds)
        return {"expires_at": until, "idle_expires_at": until}
    return {
        "expires_at": now + timedelta(seconds=settings.session_lifetime_seconds),
        "idle_expires_at": now + timedelta(seconds=settings.session_idle_seconds),
    }


def touch_session(live: LiveSession) -> None:
    """Note that a session is in use, at most once a minute; its idle time starts anew.

    Of requests at the same moment one writes.
    """
    now = utcnow()
    idle_until = lifetimes(now, remember=live.remember)["idle_expires_at"]
    db.session.execute(
        TOUCH,
        {
            "session_id": live.id,
            "now": now,
            "unless_after": now - TOUCH_AFTER,
            "idle_until": min(idle_until, live.expires_at),
        },
    )
