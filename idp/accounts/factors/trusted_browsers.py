"""Browsers in which a user is not asked for the second factor again, for some days.

What the cookie holds is no proof of identity: it spares the second factor of a sign-in,
and nothing else (``stages``). It counts no more once what opens the account has changed
(``sessions.guard``). One cookie serves all accounts of a browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from idp.accounts.models import TrustedBrowser, User
from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import TRUSTED_BROWSER_DAYS
from idp.accounts.sessions.find import SessionUser
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.core.randomness import digest, new_id, new_token
from idp.security import audit
from idp.security.client_network import network_name
from idp.security.requester import Requester
from idp.security.user_agent import Browser, browser_of

TOUCH_AFTER = timedelta(days=1)

browsers, users = table_of(TrustedBrowser), table_of(User)

FIND = select(browsers.c.id, browsers.c.last_used_at).where(
    browsers.c.user_id == bindparam("of_user"),
    browsers.c.token_digest == bindparam("digest"),
    browsers.c.security_version == bindparam("seen_version"),
    browsers.c.created_at > bindparam("since"),
    browsers.c.expires_at > bindparam("now"),
)
TOUCH = (
    update(browsers)
    .where(browsers.c.id == bindparam("of_browser"))
    .values(last_used_at=bindparam("now"))
)
OF_COOKIE = browsers.c.token_digest == bindparam("digest")
# Of two tabs at once each would wait for the row of the other.
HOLD = select(browsers.c.id).where(OF_COOKIE).order_by(browsers.c.id).with_for_update()
OWN = delete(browsers).where(OF_COOKIE, browsers.c.user_id == bindparam("of_user"))
MOVE = update(browsers).where(OF_COOKIE).values(token_digest=bindparam("new_digest"))
LIST = (
    select(browsers)
    .join_from(browsers, users)
    .where(
        browsers.c.user_id == bindparam("of_user"),
        browsers.c.security_version == users.c.security_version,
        browsers.c.expires_at > bindparam("now"),
    )
    .order_by(browsers.c.created_at.desc(), browsers.c.id.desc())
)


class NoSuchTrustedBrowser(IdpError):
    """A browser that is trusted no more, or another user's: it never says which."""

    code = "no_such_trusted_browser"
    status = HTTPStatus.NOT_FOUND
    title = "This browser is not trusted any more."


@dataclass(frozen=True)
class Trust:
    """A browser that a user trusts, found by its cookie."""

    id: str
    last_used_at: datetime


@dataclass(frozen=True)
class GivenTrust:
    """What the cookie of a browser holds from now on, and until when."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class ListedBrowser:
    """A trusted browser as its owner sees it; ``network`` is None where unknown."""

    id: str
    browser: Browser
    network: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


def days_of_trust(user: SessionUser) -> int:
    """Return for how many days a user may trust a browser; 0 for not at all."""
    return effective(TRUSTED_BROWSER_DAYS, places_of(user.roles))


def find_trust(user: SessionUser, trust_token: str | None) -> Trust | None:
    """Return the trust of a user in the browser that shows this token, if it counts.

    As long as policies allow now, and as the account was when ``user`` was read.
    """
    days = days_of_trust(user) if trust_token else 0
    if not trust_token or not days:
        return None
    now = utcnow()
    values = {
        "of_user": user.user_id,
        "digest": digest(trust_token),
        "seen_version": user.security_version,
        "since": now - timedelta(days=days),
        "now": now,
    }
    row = db.session.execute(FIND, values).one_or_none()
    return Trust(row.id, row.last_used_at) if row else None


def record_use(trust: Trust) -> None:
    """Record that a browser was spared the second factor, at most once a day."""
    now = utcnow()
    if now - trust.last_used_at >= TOUCH_AFTER:
        db.session.execute(TOUCH, {"of_browser": trust.id, "now": now})


def trust_browser(
    user: SessionUser, *, trust_token: str | None, requester: Requester
) -> GivenTrust | None:
    """Let a user trust the browser they sign in with; None where policies do not.

    The cookie's token is a new one, for other accounts of the browser too: a copy of
    the old one opens nothing.
    """
    days = days_of_trust(user)
    if not days:
        return None
    now, token, browser_id = utcnow(), new_token(), new_id()
    if trust_token:
        _take_over(user.user_id, digest(trust_token), new_digest=digest(token))
    row = {
        "id": browser_id,
        "user_id": user.user_id,
        "token_digest": digest(token),
        "security_version": user.security_version,
        "created_at": now,
        "last_used_at": now,
        "expires_at": now + timedelta(days=days),
        "ip": requester.ip,
        "user_agent": requester.user_agent,
    }
    db.session.execute(insert(browsers).values(row))
    audit.record("browser.trusted", user_id=user.user_id, browser_id=browser_id)
    return GivenTrust(token, now + timedelta(days=days))


def list_trusted(user_id: str) -> list[ListedBrowser]:
    """Return the browsers that a user trusts, the newest first."""
    rows = db.session.execute(LIST, {"of_user": user_id, "now": utcnow()}).all()
    return list(map(_listed, rows))


def end_trust(user_id: str, browser_id: str) -> None:
    """Trust one of a user's browsers no more; raises NoSuchTrustedBrowser."""
    one = delete(browsers).where(
        browsers.c.id == browser_id, browsers.c.user_id == user_id
    )
    if not changed_one(one, {}):
        raise NoSuchTrustedBrowser
    audit.record("browser.untrusted", user_id=user_id, browser_id=browser_id)


def end_all_trust(user_id: str) -> None:
    """Trust no browser of a user any more."""
    db.session.execute(delete(browsers).where(browsers.c.user_id == user_id))


def _take_over(user_id: str, old: str, *, new_digest: str) -> None:
    """Give the other accounts of a browser its new token; one's own old row goes."""
    rows: Sequence[Any] = db.session.execute(HOLD, {"digest": old}).all()
    if not rows:
        return
    db.session.execute(OWN, {"digest": old, "of_user": user_id})
    db.session.execute(MOVE, {"digest": old, "new_digest": new_digest})


def _listed(row: Row[Any]) -> ListedBrowser:
    """Return a row as its owner sees it."""
    return ListedBrowser(
        id=row.id,
        browser=browser_of(row.user_agent),
        network=network_name(row.ip),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )
