"""The browsers a user is signed in with: see them, end them."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.end import end_all_sessions, end_session
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import IdpError
from idp.security import audit
from idp.security.client_network import network_name
from idp.security.user_agent import Browser, browser_of


class NoSuchSession(IdpError):
    """A session that is over, or another user's: the answer does not tell which."""

    code = "no_such_session"
    status = HTTPStatus.NOT_FOUND
    title = "This device is signed out already."


@dataclass(frozen=True)
class Device:
    """One live session as its owner sees it; ``current`` is the one that asks.

    ``network`` is None where nothing is known.
    """

    session_id: str
    browser: Browser
    network: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    current: bool


def list_devices(user_id: str, *, current_session_id: str | None) -> list[Device]:
    """Return a user's live sessions: the asking one, then the last used first."""
    now = utcnow()
    live = select(BrowserSession).where(
        BrowserSession.user_id == user_id,
        BrowserSession.ended_at.is_(None),
        BrowserSession.idle_expires_at > now,
        BrowserSession.expires_at > now,
    )
    newest = live.order_by(BrowserSession.last_seen_at.desc(), BrowserSession.id.desc())
    devices = [
        Device(
            session_id=row.id,
            browser=browser_of(row.user_agent),
            network=network_name(row.ip),
            first_seen_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.id == current_session_id,
        )
        for row in db.session.scalars(newest)
    ]
    return sorted(devices, key=lambda device: not device.current)


def end_device(user_id: str, session_id: str) -> None:
    """End one of a user's own sessions; raises NoSuchSession."""
    found = db.session.get(BrowserSession, session_id)
    if found is None or found.user_id != user_id or not end_session(session_id):
        raise NoSuchSession
    audit.record("session.revoked", user_id=user_id, session_id=session_id)


def end_other_devices(user_id: str, *, except_session_id: str | None) -> None:
    """End all of a user's sessions but one, or all of them for a caller without."""
    end_all_sessions(user_id, except_session_id=except_session_id)
    audit.record("session.revoked", user_id=user_id, others=True)


def end_every_device(user_id: str, *, by: str) -> None:
    """End all of a user's sessions, the requester."""
    end_all_sessions(user_id)
    audit.record("session.revoked", user_id=user_id, by=by, all=True)
