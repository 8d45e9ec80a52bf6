"""Ending browser sessions: one, or a user's in all browsers."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from idp.accounts.events import SessionEnded, SessionsEnded, SessionsRanOut
from idp.accounts.models import BrowserSession, User
from idp.accounts.sessions.find import LIVE, LiveSession
from idp.core.clock import utcnow
from idp.core.db import UTCDateTime, db, table_of
from idp.core.events import publish
from idp.security import audit

sessions, users = table_of(BrowserSession), table_of(User)

END = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(sessions.c.user_id)
)

FIND_UNENDED = select(sessions.c.id, sessions.c.user_id).where(
    sessions.c.ended_at.is_(None)
)
# Nothing idles out after its absolute end, so one bound tells.
RUN_OUT = (
    sessions.c.ended_at.is_(None),
    sessions.c.idle_expires_at <= bindparam("now", type_=UTCDateTime()),
)
FIND_RUN_OUT = select(sessions.c.id).where(*RUN_OUT)

# Two sign-ins of a user at once would each spare what the other has begun.
HOLD_USER = (
    select(users.c.id)
    .where(users.c.id == bindparam("of_user"))
    .with_for_update(key_share=True)
)


@dataclass(frozen=True)
class UnendedSession:
    """A session that nobody has ended; it may have run out."""

    id: str
    user_id: str


def find_unended_session(session_id: str | None) -> UnendedSession | None:
    """Return the session that a client knows by its ``sid``, unless it was ended."""
    row = db.session.execute(FIND_UNENDED.where(sessions.c.id == session_id)).first()
    return UnendedSession(row.id, row.user_id) if row else None


def find_unended_by_cookie(token_digest: str) -> UnendedSession | None:
    """Return the session of a cookie, also of one that has run out since."""
    of_cookie = FIND_UNENDED.where(sessions.c.token_digest == token_digest)
    row = db.session.execute(of_cookie).first()
    return UnendedSession(row.id, row.user_id) if row else None


def end_session(session_id: str) -> bool:
    """End one session; False when it was over already."""
    values = {"session_id": session_id, "now": utcnow()}
    ended = db.session.execute(END, values).one_or_none()
    if ended is None:
        return False
    publish(SessionEnded(session_id=session_id, user_id=ended.user_id))
    return True


def sign_out(
    session: LiveSession | UnendedSession, *, client_id: str | None = None
) -> None:
    """End a session because its user wants that, perhaps in an app."""
    if end_session(session.id):
        user_id, session_id = session.user_id, session.id
        audit.record(
            "logout", user_id=user_id, client_id=client_id, session_id=session_id
        )


def end_all_sessions(user_id: str, *, except_session_id: str | None = None) -> None:
    """End a user's sessions in all browsers, save the one that is spared."""
    ending = update(sessions).where(
        sessions.c.user_id == user_id,
        sessions.c.ended_at.is_(None),
        sessions.c.id != (except_session_id or ""),
    )
    returning = ending.values(ended_at=utcnow()).returning(sessions.c.id)
    ended = tuple(db.session.scalars(returning).all())
    publish(SessionsEnded(user_id, except_session_id, session_ids=ended))


def hold_sessions(user_id: str) -> None:
    """Let nobody else begin a session of the user until the commit.

    On SQLite the statement that begins one does.
    """
    db.session.execute(HOLD_USER, {"of_user": user_id})


def end_oldest(user_id: str, *, most: int, newest_id: str) -> None:
    """End a user's oldest live sessions, so that ``most`` are left with the newest."""
    now = utcnow()
    others = select(sessions.c.id).where(
        sessions.c.user_id == user_id, sessions.c.id != newest_id, *LIVE
    )
    newest_first = others.order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    ending = update(sessions).where(
        sessions.c.id.in_(newest_first.offset(most - 1)), sessions.c.ended_at.is_(None)
    )
    returning = ending.values(ended_at=now).returning(sessions.c.id)
    ended = tuple(db.session.scalars(returning, {"now": now}).all())
    if ended:
        publish(SessionsRanOut(ended))
    for session_id in ended:
        audit.record(
            "session.revoked", user_id=user_id, session_id=session_id, by="policy"
        )


def end_run_out(*, limit: int) -> int:
    """End sessions that idled out or are past their absolute end; return how many.

    A session that is used at that moment is looked at again by the statement itself.
    """
    now = utcnow()
    ending = update(sessions).where(
        sessions.c.id.in_(FIND_RUN_OUT.limit(limit)), *RUN_OUT
    )
    returning = ending.values(ended_at=now).returning(sessions.c.id)
    ended = tuple(db.session.scalars(returning, {"now": now}).all())
    if ended:
        publish(SessionsRanOut(ended))
    return len(ended)
