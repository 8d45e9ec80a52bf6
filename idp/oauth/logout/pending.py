"""Pending logout requests: of their browser's GET, or of their user's yes."""

import re
from datetime import timedelta

from sqlalchemy import bindparam, insert, select

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.randomness import digest, new_token
from idp.oauth.logout.request import LogoutRequest
from idp.oauth.models import PendingLogout
from idp.oauth.settings import OAuthSettings
from idp.security.ratelimit.newest import NewestOfNetwork

PATH = "/oauth2/logout?request="
RETURN_TO = re.compile(re.escape(PATH) + r"([A-Za-z0-9_-]{43})")

pending = table_of(PendingLogout)
WAITING = NewestOfNetwork(pending, adding=insert(pending))
FIND = select(pending.c.request).where(
    pending.c.digest == bindparam("digest"), pending.c.expires_at > bindparam("now")
)


def store(asked: LogoutRequest, *, ip: str | None, request_id: str = "") -> str:
    """Keep a request; return the local path that goes on with it.

    It came from ``ip``, None where it ends a session. ``request_id`` is a random token
    where that was told already.
    """
    request_id = request_id or new_token()
    lifetime = timedelta(seconds=current(OAuthSettings).interaction_seconds)
    row = {
        "digest": digest(request_id),
        "request": asked.as_json(),
        "expires_at": utcnow() + lifetime,
    }
    WAITING.add(row, ip=ip)
    return PATH + request_id


def find_returned(request_id: str | None) -> LogoutRequest | None:
    """Return the request of a browser that was sent to sign out elsewhere too."""
    return find_by_path(f"{PATH}{request_id}")


def find_by_path(path: str | None) -> LogoutRequest | None:
    """Return the request that a local path leads to, None when there is none."""
    matched = RETURN_TO.fullmatch(path or "")
    if matched is None:
        return None
    found = {"digest": digest(matched[1]), "now": utcnow()}
    stored = db.session.scalars(FIND, found).one_or_none()
    return LogoutRequest.restore(stored) if stored else None
