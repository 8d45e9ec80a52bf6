"""Who signed in to one client lately, and what it was told of sign-outs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from idp.accounts.models import User
from idp.core.db import db
from idp.oauth.models import Consent, Grant, LogoutDelivery


@dataclass(frozen=True)
class SignIn:
    """One completed authorization."""

    email: str
    scope: str
    at: datetime
    revoked: bool


def recent_sign_ins(client_id: str, *, limit: int) -> Sequence[SignIn]:
    """Return the newest sign-ins at a client."""
    newest = (
        select(User.email, Grant.scope, Grant.created_at, Grant.revoked_at)
        .join(User, User.id == Grant.user_id)
        .where(Grant.client_id == client_id)
        .order_by(Grant.created_at.desc())
        .limit(limit)
    )
    rows = db.session.execute(newest).all()
    return [
        SignIn(email, scope, at, revoked=revoked_at is not None)
        for email, scope, at, revoked_at in rows
    ]


@dataclass(frozen=True)
class Notice:
    """One back-channel notice.

    ``state`` is delivered, failed or waiting; ``error`` is why the newest try failed.
    """

    email: str
    at: datetime
    state: str
    tries: int
    error: str | None


def recent_notices(client_id: str, *, limit: int) -> Sequence[Notice]:
    """Return the newest notices to a client, as long as they are kept."""
    newest = (
        select(LogoutDelivery, User.email)
        .join(User, User.id == LogoutDelivery.user_id)
        .where(LogoutDelivery.client_id == client_id)
        .order_by(LogoutDelivery.created_at.desc())
        .limit(limit)
    )
    return [
        Notice(email, row.created_at, _state_of(row), row.tries, row.last_error)
        for row, email in db.session.execute(newest).all()
    ]


def count_consents(client_id: str) -> int:
    """Return how many users have allowed a client something."""
    counted = select(func.count()).where(Consent.client_id == client_id)
    return db.session.scalar(counted) or 0


def _state_of(notice: LogoutDelivery) -> str:
    """Return in a word what became of a notice."""
    if notice.delivered_at is not None:
        return "delivered"
    return "waiting" if notice.failed_at is None else "failed"
