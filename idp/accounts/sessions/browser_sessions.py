"""Browser sessions: start, find, keep alive, end.

The look-up runs on every page and authorization request: one prebuilt SELECT.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.events import SessionEnded, SessionsEnded
from idp.accounts.models import BrowserSession, User
from idp.accounts.settings import AccountsSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import UTCDateTime, changed_one, db, table_of
from idp.core.events import publish
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_id, new_token
from idp.security import audit
from idp.security.caller import caller

TOUCH_AFTER = timedelta(minutes=1)

sessions = table_of(BrowserSession)
users = table_of(User)

IDLE_UNTIL = bindparam("idle_until", type_=UTCDateTime())
LIVE = (
    sessions.c.ended_at.is_(None),
    sessions.c.idle_expires_at > bindparam("now"),
    sessions.c.expires_at > bindparam("now"),
)
SESSION_COLUMNS = (
    "id", "user_id", "token_digest", "auth_time", "amr", "remember", "created_at",
    "last_seen_at", "expires_at",
)  # fmt: skip
USER_COLUMNS = (
    "email", "username", "name", "locale", "status", "roles", "must_change_password",
)  # fmt: skip
RENEWED_COLUMNS = (
    "token_digest", "auth_time", "amr", "remember", "last_seen_at", "idle_expires_at",
    "expires_at", "ip", "user_agent",
)  # fmt: skip
FIND_LIVE = (
    select(
        *(sessions.c[name] for name in SESSION_COLUMNS),
        *(users.c[name] for name in USER_COLUMNS),
        users.c.email_verified_at.is_not(None).label("email_verified"),
    )
    .join_from(sessions, users)
    .where(*LIVE, users.c.status == "active")
)
FIND = Prepared(FIND_LIVE.where(sessions.c.token_digest == bindparam("digest")))
FIND_BY_ID = Prepared(FIND_LIVE.where(sessions.c.id == bindparam("session_id")))
START = insert(sessions)
RENEW = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.token_digest == bindparam("old_digest"))
    .values({name: bindparam(f"new_{name}") for name in RENEWED_COLUMNS})
)
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
REST = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"))
    .values(idle_expires_at=sessions.c.expires_at)
)
END = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(sessions.c.user_id)
)


@dataclass(frozen=True)
class LiveSession:
    """A session that holds now, and what pages and decisions need of its user.

    ``id`` is the ``sid`` that apps are told; ``email_verified`` and
    ``must_change_password`` say what is still to do (see ``stages``).
    """

    id: str
    user_id: str
    token_digest: str
    auth_time: datetime
    amr: list[str]
    remember: bool
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    email: str
    email_verified: bool
    username: str | None
    name: str | None
    locale: str | None
    status: str
    roles: list[str]
    must_change_password: bool

    def older_than(self, seconds: int, *, now: datetime) -> bool:
        """Tell whether the last proof of identity is longer ago than ``seconds``."""
        return now - self.auth_time > timedelta(seconds=seconds)


@dataclass(frozen=True)
class Started:
    """A session that has just begun; ``token`` goes into the cookie alone."""

    token: str
    session_id: str
    user_id: str
    remember: bool
    expires_at: datetime


def find_live(token_digest: str) -> LiveSession | None:
    """Return the live session whose cookie token has this digest."""
    return _read(FIND, {"digest": token_digest})


def find_by_id(session_id: str | None) -> LiveSession | None:
    """Return the live session behind a token, None if it is over or there is none."""
    return _read(FIND_BY_ID, {"session_id": session_id}) if session_id else None


def get_live(session_id: str | None) -> LiveSession:
    """Return the live session behind a token; raises NotSignedIn."""
    found = find_by_id(session_id)
    if found is None:
        raise NotSignedIn
    return found


def start(
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
        end(replaces.id)
    session_id, token = new_id(), new_token()
    fresh = _columns(token, amr=amr, remember=remember, auth_time=utcnow())
    row = {"id": session_id, "user_id": user_id, "created_at": fresh["auth_time"]}
    db.session.execute(START, row | fresh)
    return Started(token, session_id, user_id, remember, fresh["expires_at"])


def renew_token(live: LiveSession) -> Started | None:
    """Give a session a new cookie token, its proof of identity staying what it was."""
    return _renew(live, amr=live.amr, remember=live.remember, auth_time=live.auth_time)


def touch(live: LiveSession) -> None:
    """Note that a session is in use, at most once a minute; its idle time starts anew.

    Of requests at the same moment one writes.
    """
    now = utcnow()
    idle_until = _lifetimes(now, remember=live.remember)["idle_expires_at"]
    db.session.execute(
        TOUCH,
        {
            "session_id": live.id,
            "now": now,
            "unless_after": now - TOUCH_AFTER,
            "idle_until": min(idle_until, live.expires_at),
        },
    )


def rest(session_id: str) -> None:
    """Let a session lie unused for all of its lifetime: it has no cookie to lose."""
    db.session.execute(REST, {"session_id": session_id})


def end(session_id: str) -> bool:
    """End one session; False when it was over already."""
    values = {"session_id": session_id, "now": utcnow()}
    ended = db.session.execute(END, values).one_or_none()
    if ended is None:
        return False
    publish(SessionEnded(session_id=session_id, user_id=ended.user_id))
    return True


def sign_out(live: LiveSession, *, client_id: str | None = None) -> None:
    """End a session because its person wants that, perhaps in an app."""
    if end(live.id):
        user_id, session_id = live.user_id, live.id
        audit.record(
            "logout", user_id=user_id, client_id=client_id, session_id=session_id
        )


def end_all(user_id: str, *, except_session_id: str | None = None) -> None:
    """End a user's sessions in all browsers, save the one that is spared."""
    ending = update(sessions).where(
        sessions.c.user_id == user_id,
        sessions.c.ended_at.is_(None),
        sessions.c.id != (except_session_id or ""),
    )
    returning = ending.values(ended_at=utcnow()).returning(sessions.c.id)
    ended = tuple(db.session.scalars(returning).all())
    publish(SessionsEnded(user_id, except_session_id, session_ids=ended))


def find_unended(user_id: str) -> list[str]:
    """Return the ids of a user's sessions that nobody has ended, run out or not."""
    unended = select(sessions.c.id).where(
        sessions.c.user_id == user_id, sessions.c.ended_at.is_(None)
    )
    return list(db.session.scalars(unended).all())


def _read(statement: Prepared, key: dict[str, str]) -> LiveSession | None:
    """Return the one session that a prebuilt statement finds."""
    row = statement.one_or_none({**key, "now": utcnow()})
    return LiveSession(**row._asdict()) if row else None


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
        **_lifetimes(now, remember=remember),
    }


def _lifetimes(now: datetime, *, remember: bool) -> dict[str, datetime]:
    """Return when a session ends, used and unused.

    A remembered one may lie unused for all of its lifetime: the person chose that.
    """
    settings = current(AccountsSettings)
    if remember:
        until = now + timedelta(seconds=settings.session_remember_seconds)
        return {"expires_at": until, "idle_expires_at": until}
    return {
        "expires_at": now + timedelta(seconds=settings.session_lifetime_seconds),
        "idle_expires_at": now + timedelta(seconds=settings.session_idle_seconds),
    }
