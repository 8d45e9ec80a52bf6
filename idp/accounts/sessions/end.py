"""Ending browser sessions: one, or a user's in all browsers."""

from sqlalchemy import bindparam, update

from idp.accounts.events import SessionEnded, SessionsEnded
from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import LiveSession
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.events import publish
from idp.security import audit

sessions = table_of(BrowserSession)

END = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), sessions.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(sessions.c.user_id)
)


def end_session(session_id: str) -> bool:
    """End one session; False when it was over already."""
    values = {"session_id": session_id, "now": utcnow()}
    ended = db.session.execute(END, values).one_or_none()
    if ended is None:
        return False
    publish(SessionEnded(session_id=session_id, user_id=ended.user_id))
    return True


def sign_out(live: LiveSession, *, client_id: str | None = None) -> None:
    """End a session because its user wants that, perhaps in an app."""
    if end_session(live.id):
        user_id, session_id = live.user_id, live.id
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
