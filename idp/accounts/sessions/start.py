"""Beginning a browser session after a proof of identity, and renewing its cookie."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.events import SessionBegan
from idp.accounts.models import BrowserSession
from idp.accounts.policies.effective import Places, demanded, places_of
from idp.accounts.policies.keys import MAX_SESSIONS
from idp.accounts.sessions.beside import Beside, hold_own, keep_beside
from idp.accounts.sessions.end import end_oldest, end_session, hold_sessions
from idp.accounts.sessions.find import LIVE, LiveSession, SessionUser
from idp.accounts.sessions.guard import STILL_UNCHANGED, UNCHANGED, users
from idp.accounts.sessions.lifetimes import lifetimes
from idp.accounts.sessions.proofs import Proofs, amr_of, auth_time_of
from idp.core.clock import utcnow
from idp.core.db import changed_one, table_of
from idp.core.events import publish
from idp.core.prepared import Prepared
from idp.core.randomness import digest, new_id, new_token
from idp.security.requester import Requester

sessions = table_of(BrowserSession)
MOST_BESIDE = 4  # accounts of a browser besides the one that is active

RENEWED_COLUMNS = (
    "token_digest", "auth_time", "amr", "proofs", "remember", "last_seen_at",
    "unused_seconds", "idle_expires_at", "expires_at", "ip", "user_agent",
)  # fmt: skip
COLUMNS = (*RENEWED_COLUMNS, "id", "user_id", "created_at")
START = Prepared(
    insert(sessions).from_select(
        COLUMNS,
        select(*(bindparam(name, type_=sessions.c[name].type) for name in COLUMNS))
        .select_from(users)
        .where(*UNCHANGED)
        .with_for_update(read=True),
        include_defaults=False,
    )
)
RENEW = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE)
    .where(sessions.c.token_digest == bindparam("old_digest"), STILL_UNCHANGED)
    .values({name: bindparam(f"new_{name}") for name in RENEWED_COLUMNS})
)


@dataclass(frozen=True)
class SessionRequest:
    """Where a session is to begin, and how long it may last.

    ``device_token`` is the device cookie's, if there is one, ``trust_token`` that of a
    browser that may be trusted, which ``trust`` asks for; ``active`` the session that
    the browser has, ``beside`` those of its other accounts, which one that ``adds``
    joins. Without a cookie (``in_cookies``) a session may lie unused for all of its
    lifetime.
    """

    requester: Requester
    device_token: str | None = None
    trust_token: str | None = None
    trust: bool = False
    active: LiveSession | None = None
    beside: tuple[LiveSession, ...] = ()
    adds: bool = False
    remember: bool = False
    in_cookies: bool = True

    @property
    def held(self) -> tuple[LiveSession, ...]:
        """The sessions of the browser, the active one first."""
        return (self.active, *self.beside) if self.active else self.beside

    def own_of(self, user_id: str) -> LiveSession | None:
        """Return the session that a user has in the browser already."""
        return next((live for live in self.held if live.user_id == user_id), None)

    def kept_beside(self, user_id: str) -> tuple[LiveSession, ...]:
        """Return those that the browser keeps when a user has signed in."""
        stay = self.held if self.adds else self.beside
        others = [live for live in stay if live.user_id != user_id]
        return tuple(others[:MOST_BESIDE])

    def given_up(self, user_id: str) -> list[LiveSession]:
        """Return those that it gives up, which end."""
        kept = self.kept_beside(user_id)
        return [
            live for live in self.held if live.user_id != user_id and live not in kept
        ]


@dataclass(frozen=True)
class StartedSession(LiveSession):
    """A live session with the token that was made for its cookie, and for it alone.

    A ``renewed`` one goes on under its ``sid``. ``beside`` are the sessions of other
    accounts that the browser keeps; None leaves them as they are.
    """

    token: str = field(repr=False)
    renewed: bool
    beside: tuple[Beside, ...] | None = field(default=None, repr=False)


def start_session(
    user: SessionUser,
    *,
    proofs: Proofs,
    request: SessionRequest,
    session_id: str | None = None,
) -> StartedSession:
    """Begin a session after proofs of identity, of which nothing more is due.

    The cookie token is always new. Where the same user was signed in already the
    session goes on under its ``sid``, so that signing in again ends nothing at the
    apps. Another user's stays beside it, or ends where the request adds none, or there
    are too many. So do the oldest of the user's where a policy allows fewer.

    ``session_id`` is a new one's, where that was written down already.

    Raises NotSignedIn, with nothing written, when the account is not any more what it
    was when ``user`` was read: the proof was of a password, or a link, of before. Where
    the request adds, SwitchedMeanwhile, for who must undo what was written.
    """
    places = places_of(user.roles)
    fresh = _new_columns(request, proofs=proofs, places=places)
    own, kept = request.own_of(user.user_id), request.kept_beside(user.user_id)
    if own:
        hold_own(own, kept)
    started = _renew(own, user, fresh=fresh) if own else None
    if started is None:
        most = demanded(MAX_SESSIONS, places)
        started = _begin(user, fresh=fresh, session_id=session_id, most=most)
    beside = keep_beside(kept) if request.adds else None
    for live in request.given_up(user.user_id):
        end_session(live.id)
    publish(
        SessionBegan(
            user.user_id, user.email, user.email_verified, proofs[0].method.value
        )
    )
    return replace(started, beside=beside)


def renew_token(
    live: LiveSession, *, requester: Requester, in_cookies: bool = True
) -> StartedSession | None:
    """Give a session a new cookie token; ``live`` says what it stands on.

    None when it is over by now. What ``live`` says of its user goes on as it is.
    """
    request = SessionRequest(requester, remember=live.remember, in_cookies=in_cookies)
    places = places_of(live.roles)
    fresh = _new_columns(request, proofs=live.proven, places=places)
    return _renew(live, live, fresh=fresh)


@dataclass(frozen=True)
class _Columns:
    """What a session row holds after its cookie token was given out."""

    token: str
    row: dict[str, Any]

    def session_of(
        self, user: SessionUser, row: dict[str, Any], *, renewed: bool
    ) -> StartedSession:
        """Return the session as it is stored now, without asking for it."""
        known = {item.name: getattr(user, item.name) for item in fields(SessionUser)}
        own = {name: row[name] for name in LiveSession.__annotations__}
        return StartedSession(**known, **own, token=self.token, renewed=renewed)


def _begin(
    user: SessionUser, *, fresh: _Columns, session_id: str | None, most: int | None
) -> StartedSession:
    """Begin a session, of which a user has ``most`` at once, if a policy says so."""
    if most:
        hold_sessions(user.user_id)
    started = _add(user, fresh=fresh, session_id=session_id or new_id())
    if most:
        end_oldest(user.user_id, most=most, newest_id=started.id)
    return started


def _add(user: SessionUser, *, fresh: _Columns, session_id: str) -> StartedSession:
    """Store a new session, by the statement that looks at its user and holds it."""
    row = fresh.row | {"id": session_id, "created_at": fresh.row["last_seen_at"]}
    if not START.changes_one(row | {"user_id": user.user_id} | _seen(user)):
        raise NotSignedIn
    return fresh.session_of(user, row | {"organization_id": None}, renewed=False)


def _seen(user: SessionUser) -> dict[str, Any]:
    """Return what the account has to be still."""
    return {"of_user": user.user_id, "seen_version": user.security_version}


def _renew(
    live: LiveSession, user: SessionUser, *, fresh: _Columns
) -> StartedSession | None:
    """Give a session a new cookie token and new lifetimes; None if it is over by now.

    The old token must still be the one that was presented: of two renewals at once,
    one wins.
    """
    guard = {"session_id": live.id, "old_digest": live.token_digest, "now": utcnow()}
    values = {f"new_{name}": value for name, value in fresh.row.items()}
    if not changed_one(RENEW, guard | _seen(user) | values):
        return None
    return fresh.session_of(user, asdict(live) | fresh.row, renewed=True)


def _new_columns(
    request: SessionRequest,
    *,
    proofs: Proofs,
    places: Places,
) -> _Columns:
    """Make a cookie token and what is stored with it."""
    now, token, requester = utcnow(), new_token(), request.requester
    until = lifetimes(
        now,
        places=places,
        remember=request.remember,
        may_idle=not request.in_cookies,
    )
    row = {
        "token_digest": digest(token),
        "auth_time": auth_time_of(proofs),
        "amr": amr_of(proofs),
        "proofs": [proof.stored() for proof in proofs],
        "remember": request.remember,
        "last_seen_at": now,
        "unused_seconds": 0,
        "ip": requester.ip,
        "user_agent": requester.user_agent,
        **until,
    }
    return _Columns(token, row)
