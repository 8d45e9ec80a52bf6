"""The browsers that all users are signed in with, for who administers."""

from sqlalchemy import Select, select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.list import NoSuchSession
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.paging import Page, PageRequest, Position, page_of
from idp.core.paging.seeking import Order, moment_first, seek
from idp.security import audit

NEWEST = Order(
    (BrowserSession.created_at, BrowserSession.id),
    descending=True,
    values=moment_first,
)
NEWEST_FIRST = [column.desc() for column in NEWEST.columns]


def list_sessions(
    request: PageRequest, *, user_id: str | None = None
) -> Page[BrowserSession]:
    """Return one page of live sessions, of everybody or of one, the newest first."""
    of = f"sessions:{user_id or ''}"
    found = seek(live_sessions(user_id), NEWEST, request=request, of=of)
    return page_of(db.session.scalars(found).all(), request, of=of, position=_position)


def live_sessions(user_id: str | None = None) -> Select[BrowserSession]:
    """Return the query of live sessions, the newest first."""
    now = utcnow()
    live = select(BrowserSession).where(
        BrowserSession.ended_at.is_(None),
        BrowserSession.idle_expires_at > now,
        BrowserSession.expires_at > now,
    )
    if user_id is not None:
        live = live.where(BrowserSession.user_id == user_id)
    return live.order_by(*NEWEST_FIRST)


def find_live(session_id: str) -> BrowserSession:
    """Return a live session; raises NoSuchSession."""
    found = live_sessions().where(BrowserSession.id == session_id)
    row = db.session.scalars(found).one_or_none()
    if row is None:
        raise NoSuchSession
    return row


def end_session_of(user_id: str, session_id: str, *, by: str) -> None:
    """End a session of a user, the requester; raises NoSuchSession."""
    if not end_session(session_id):
        raise NoSuchSession
    audit.record("session.revoked", user_id=user_id, session_id=session_id, by=by)


def _position(row: BrowserSession) -> Position:
    """Return what the list is sorted by, as text."""
    return row.created_at.isoformat(), row.id
