"""Beginning a browser session after a proof of identity, and renewing its cookie."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.find import LIVE, LiveSession
from idp.accounts.sessions.lifetimes import lifetimes
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest, new_id, new_token
from idp.security.caller import caller

sessions = table_of(BrowserSession)

RENEWED_COLUMNS = (
    "token_digest", "auth_time", "amr", "remember", "last_seen_at", "idle_expires_at",
    "expires_at", "ip", "user_agent",
)  # fmt: skip
START = insert(sessions)
RENEW = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.token_digest == bindparam("old_digest"))
    .values({name: bindparam(f"new_{name}") for name in RENEWED_COLUMNS})
)


@dataclass(frozen=True)
class Started:
    """A session that has just begun; ``token`` goes into the cookie alone."""

    token: str
    session_id: str
    user_id: str
    remember: bool
    expires_at: datetime


def start_session(
    user_id: str,
    *,
    amr: list[str],
    remember: bool = False,
    replaces: LiveSession | None = None,
) -> Started:
    """Begin a session after a proof of identity; ``amr`` in the words of RFC 8176.

    The cookie token is always new. Where the same person was signed in already the
    session goes on under its ``sid``, so that signing in again ends nothing at the
    apps; anybody else's session in this browser ends.
    """
    if replaces and replaces.user_id == user_id:
        renewed = _renew(replaces, amr=amr, remember=remember, auth_time=utcnow())
        if renewed:
            return renewed
    elif replaces:
        end_session(replaces.id)
    session_id, token = new_id(), new_token()
    fresh = _columns(token, amr=amr, remember=remember, auth_time=utcnow())
    row = {"id": session_id, "user_id": user_id, "created_at": fresh["auth_time"]}
    db.session.execute(START, row | fresh)
    return Started(token, session_id, user_id, remember, fresh["expires_at"])


def renew_token(live: LiveSession) -> Started | None:
    """Give a session a new cookie token, its proof of identity staying what it was."""
    return _renew(live, amr=live.amr, remember=live.remember, auth_time=live.auth_time)


def _renew(
    live: LiveSession, *, amr: list[str], remember: bool, auth_time: datetime
) -> Started | None:
    """Give a session a new cookie token and new lifetimes; None if it is over by now.

    The old token must still be the one that was presented: of two renewals at once,
    one wins.
    """
    token = new_token()
    fresh = _columns(token, amr=amr, remember=remember, auth_time=auth_time)
    guard = {"session_id": live.id, "old_digest": live.token_digest, "now": utcnow()}
    values = {f"new_{name}": value for name, value in fresh.items()}
    if not changed_one(RENEW, guard | values):
        return None
    return Started(token, live.id, live.user_id, remember, fresh["expires_at"])


def _columns(
    token: str, *, amr: list[str], remember: bool, auth_time: datetime
) -> dict[str, Any]:
    """Return what a session row holds after its cookie token was given out."""
    now, who = utcnow(), caller()
    return {
        "token_digest": digest(token),
        "auth_time": auth_time,
        "amr": amr,
        "remember": remember,
        "last_seen_at": now,
        "ip": who.ip,
        "user_agent": who.user_agent,
        **lifetimes(now, remember=remember),
    }
