"""The live session behind a cookie or a token: one prebuilt SELECT.

It runs on every page and authorization request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import BrowserSession, User, UserStatus
from idp.accounts.sessions.proofs import Proofs, read_proofs
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.prepared import Prepared

sessions = table_of(BrowserSession)
users = table_of(User)

LIVE = (
    sessions.c.ended_at.is_(None),
    sessions.c.idle_expires_at > bindparam("now"),
    sessions.c.expires_at > bindparam("now"),
)
SESSION_COLUMNS = (
    "id", "token_digest", "auth_time", "amr", "proofs", "remember", "created_at",
    "last_seen_at", "unused_seconds", "idle_expires_at", "expires_at",
    "organization_id",
)  # fmt: skip
USER_COLUMNS = (
    users.c.id.label("user_id"),
    users.c.email,
    users.c.email_verified_at.is_not(None).label("email_verified"),
    users.c.username,
    users.c.name,
    users.c.picture,
    users.c.locale,
    users.c.zoneinfo,
    users.c.status,
    users.c.roles,
    users.c.factors,
    users.c.created_at.label("registered_at"),
    users.c.must_change_password,
    users.c.security_version,
)
FIND_LIVE = (
    select(*(sessions.c[name] for name in SESSION_COLUMNS), *USER_COLUMNS)
    .join_from(sessions, users)
    .where(*LIVE, users.c.status == UserStatus.ACTIVE)
)
FIND = Prepared(FIND_LIVE.where(sessions.c.token_digest == bindparam("digest")))
FIND_ALL = FIND_LIVE.where(
    sessions.c.token_digest.in_(bindparam("digests", expanding=True))
)
FIND_BY_ID = Prepared(FIND_LIVE.where(sessions.c.id == bindparam("session_id")))


@dataclass(frozen=True)
class SessionUser:
    """What pages and decisions need to know of the user of a session.

    ``email_verified``, ``factors`` and ``must_change_password`` say what is still to do
    (see ``stages``), ``security_version`` what the account was when it was read (see
    ``guard``).
    """

    user_id: str
    email: str
    email_verified: bool
    username: str | None
    name: str | None
    picture: str | None
    locale: str | None
    zoneinfo: str | None
    status: str
    roles: list[str]
    factors: list[str]
    registered_at: datetime
    must_change_password: bool
    security_version: int

    @classmethod
    def of(cls, user: User) -> "SessionUser":
        """Return what is to be known of a user."""
        return cls(
            user_id=user.id,
            email=user.email,
            email_verified=user.email_verified_at is not None,
            username=user.username,
            name=user.name,
            picture=user.picture,
            locale=user.locale,
            zoneinfo=user.zoneinfo,
            status=user.status,
            roles=user.roles,
            factors=user.factors,
            registered_at=user.created_at,
            must_change_password=user.must_change_password,
            security_version=user.security_version,
        )


@dataclass(frozen=True)
class LiveSession(SessionUser):
    """A session that holds now; ``id`` is the ``sid`` that apps are told."""

    id: str
    token_digest: str
    auth_time: datetime
    amr: list[str]
    proofs: list[dict[str, Any]]
    remember: bool
    created_at: datetime
    last_seen_at: datetime
    unused_seconds: int
    idle_expires_at: datetime
    expires_at: datetime
    organization_id: str | None

    @property
    def proven(self) -> Proofs:
        """Return the proofs of identity that the session stands on."""
        return read_proofs(self.proofs)

    def older_than(self, seconds: int, *, now: datetime) -> bool:
        """Tell whether the last proof of identity is longer ago than ``seconds``."""
        return now - self.auth_time > timedelta(seconds=seconds)

    def rested_longer_than(self, seconds: int, *, now: datetime) -> bool:
        """Tell whether it ever lay unused for longer since its last proof."""
        return (
            max(self.unused_seconds, seconds_between(self.last_seen_at, now)) > seconds
        )


def seconds_between(since: datetime, until: datetime) -> int:
    """Return for how many whole seconds nothing happened, 0 where clocks differ."""
    return max(0, int((until - since).total_seconds()))


def find_by_cookie(token_digest: str) -> LiveSession | None:
    """Return the live session whose cookie token has this digest."""
    return _read(FIND, {"digest": token_digest})


def find_by_cookies(token_digests: Sequence[str]) -> list[LiveSession]:
    """Return the live sessions of several cookie tokens, in their order."""
    values = {"digests": list(token_digests), "now": utcnow()}
    rows = db.session.execute(FIND_ALL, values).all()
    found = {row.token_digest: LiveSession(**row._asdict()) for row in rows}
    return [found[one] for one in token_digests if one in found]


def find_session(session_id: str | None) -> LiveSession | None:
    """Return the live session behind a token, None if it is over or there is none."""
    return _read(FIND_BY_ID, {"session_id": session_id}) if session_id else None


def get_live_session(session_id: str | None) -> LiveSession:
    """Return the live session behind a token; raises NotSignedIn."""
    found = find_session(session_id)
    if found is None:
        raise NotSignedIn
    return found


def is_token_of(live: LiveSession) -> bool:
    """Tell whether the cookie token of a session is still the one it was found by."""
    own = select(sessions.c.token_digest).where(sessions.c.id == live.id)
    return db.session.scalar(own) == live.token_digest


def find_unended(user_id: str) -> list[str]:
    """Return the ids of a user's sessions that nobody has ended, run out or not."""
    unended = select(sessions.c.id).where(
        sessions.c.user_id == user_id, sessions.c.ended_at.is_(None)
    )
    return list(db.session.scalars(unended).all())


def _read(statement: Prepared[Any], key: dict[str, str]) -> LiveSession | None:
    """Return the one session that a prebuilt statement finds."""
    row = statement.one_or_none({**key, "now": utcnow()})
    return LiveSession(**row._asdict()) if row else None
