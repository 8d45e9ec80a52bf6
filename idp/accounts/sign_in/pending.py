"""Half a sign-in: what was proven waits for a second factor, for ten minutes.

It is no session. A program goes on with its ticket, a browser with its cookie; a ticket
that was given to a browser works nowhere else. It is void once what opens the account
has changed (``sessions.guard``).
"""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from idp.accounts.models import PendingSignIn, User, UserStatus
from idp.accounts.sessions.find import USER_COLUMNS, SessionUser
from idp.accounts.sessions.proofs import Method, Proofs, read_proofs
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest, new_token

MINUTES = 10
USER_FIELDS = tuple(item.name for item in fields(SessionUser))

waiting, users = table_of(PendingSignIn), table_of(User)

UNUSED = (waiting.c.used_at.is_(None), waiting.c.expires_at > bindparam("now"))
FIND = (
    select(
        *USER_COLUMNS,
        waiting.c.digest,
        waiting.c.browser_digest,
        waiting.c.proofs,
        waiting.c.remember,
        waiting.c.expires_at,
    )
    .join_from(waiting, users)
    .where(
        *UNUSED,
        users.c.status == UserStatus.ACTIVE,
        users.c.security_version == waiting.c.security_version,
    )
)
BY_TICKET = FIND.where(waiting.c.digest == bindparam("key"))
BY_BROWSER = FIND.where(waiting.c.browser_digest == bindparam("key"))
SPEND = (
    update(waiting)
    .where(waiting.c.digest == bindparam("of_digest"), *UNUSED)
    .values(used_at=bindparam("now"))
)
GIVE_BACK = (
    update(waiting)
    .where(waiting.c.digest == bindparam("of_digest"))
    .values(used_at=None)
)


@dataclass(frozen=True)
class FactorRequired:
    """A second factor is due, by any of ``methods``, the best first.

    ``ticket`` goes on with the sign-in; ``step_token`` is for the cookie of the browser
    that it is bound to, None for a program. ``device_token`` is as ``SignedIn`` has it.
    """

    ticket: str = field(repr=False)
    step_token: str | None = field(repr=False)
    methods: tuple[Method, ...]
    expires_at: datetime
    device_token: str | None = None


@dataclass(frozen=True)
class HalfSignIn:
    """A sign-in that waits: whose it is, and what was proven."""

    user: SessionUser
    digest: str
    proofs: Proofs
    remember: bool
    in_browser: bool
    expires_at: datetime

    @property
    def began_at(self) -> datetime:
        """Return when the password, or what else came first, was shown."""
        return self.expires_at - timedelta(minutes=MINUTES)


def begin(
    user: SessionUser,
    proofs: Proofs,
    *,
    methods: tuple[Method, ...],
    remember: bool,
    in_browser: bool,
) -> FactorRequired:
    """Keep what was proven, to go on with one of ``methods``."""
    ticket, step_token = new_token(), new_token() if in_browser else None
    expires_at = utcnow() + timedelta(minutes=MINUTES)
    row = PendingSignIn(
        digest=digest(ticket),
        user_id=user.user_id,
        security_version=user.security_version,
        proofs=[proof.stored() for proof in proofs],
        remember=remember,
        browser_digest=digest(step_token) if step_token else None,
        expires_at=expires_at,
    )
    db.session.add(row)
    db.session.flush()
    return FactorRequired(ticket, step_token, methods, expires_at)


def find_by_ticket(ticket: str, *, step_token: str | None) -> HalfSignIn | None:
    """Return the sign-in that a ticket goes on with.

    One that began in a browser asks for that browser's cookie too.
    """
    found = _find(BY_TICKET, ticket)
    if found is None or not found.browser_digest:
        return _half(found)
    bound = step_token is not None and digest(step_token) == found.browser_digest
    return _half(found) if bound else None


def find_by_browser(step_token: str | None) -> HalfSignIn | None:
    """Return the sign-in that waits in the browser with this cookie."""
    return _half(_find(BY_BROWSER, step_token)) if step_token else None


def spend(half: HalfSignIn) -> bool:
    """Take a sign-in once; False when another request has."""
    return changed_one(SPEND, {"of_digest": half.digest, "now": utcnow()})


def give_back(half: HalfSignIn) -> None:
    """Let a sign-in wait again that this unit of work has taken."""
    db.session.execute(GIVE_BACK, {"of_digest": half.digest})


def _find(statement: Any, token: str) -> Any:
    """Return the row that a token, which may be any text, belongs to."""
    if not token.isascii():
        return None
    values = {"key": digest(token), "now": utcnow()}
    return db.session.execute(statement, values).one_or_none()


def _half(row: Any) -> HalfSignIn | None:
    """Return a row as what the rules know of it."""
    if row is None:
        return None
    return HalfSignIn(
        user=SessionUser(**{name: getattr(row, name) for name in USER_FIELDS}),
        digest=row.digest,
        proofs=read_proofs(row.proofs),
        remember=row.remember,
        in_browser=row.browser_digest is not None,
        expires_at=row.expires_at,
    )
