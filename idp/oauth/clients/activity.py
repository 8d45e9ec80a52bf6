"""Who signed in to one client lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from idp.accounts.models import User
from idp.core.db import db
from idp.oauth.models import Consent, Grant


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


def count_consents(client_id: str) -> int:
    """Return how many users have allowed a client something."""
    counted = select(func.count()).where(Consent.client_id == client_id)
    return db.session.scalar(counted) or 0
