"""Identities that wait: for fields that are missing, or for who says "mine".

The token that goes on with one works in the browser alone that was at the provider.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest, new_token
from idp.core.sealing import Keyring, SealedColumn
from idp.federation.models import WaitingIdentity
from idp.federation.sign_in.requests import Ahead
from idp.federation.upstream.identity import UpstreamIdentity, read_identity

LIFETIME = timedelta(minutes=30)

waiting = table_of(WaitingIdentity)
SEALED = SealedColumn(waiting.c.sealed, "waiting_identity:{digest}")
UNUSED = (waiting.c.used_at.is_(None), waiting.c.expires_at > bindparam("now"))
FIND = select(waiting).where(
    waiting.c.digest == bindparam("of_digest"),
    waiting.c.browser == bindparam("of_browser"),
    *UNUSED,
)
SPEND = (
    update(waiting)
    .where(waiting.c.digest == bindparam("of_digest"), *UNUSED)
    .values(used_at=bindparam("now"))
)
NO_BROWSER = ""  # the digest of no cookie
TAKE = (
    delete(waiting)
    .where(waiting.c.digest == bindparam("of_digest"), waiting.c.browser == NO_BROWSER)
    .returning(waiting.c.sealed)
)


@dataclass(frozen=True)
class HeldIdentity:
    """An identity that waits, and where it leads; ``user_id`` wants to link it."""

    digest: str
    identity: UpstreamIdentity
    ahead: Ahead
    user_id: str | None


def hold(
    identity: UpstreamIdentity,
    *,
    browser: str,
    ahead: Ahead,
    user_id: str | None,
) -> str:
    """Keep an identity for half an hour; return the token that goes on with it.

    ``browser`` is the digest of the browser's cookie.
    """
    token = new_token()
    key = digest(token)
    content = json.dumps(identity.stored()).encode()
    row = WaitingIdentity(
        digest=key,
        provider_id=identity.provider_id,
        browser=browser,
        sealed=current(Keyring).seal(content, bound_to=_row(key)),
        email=identity.email,
        user_id=user_id,
        expires_at=utcnow() + LIFETIME,
        **asdict(ahead),
    )
    db.session.add(row)
    db.session.flush()
    return token


def hold_for_session(identity: UpstreamIdentity, *, waited: str, user_id: str) -> None:
    """Keep whom a half sign-in came by, until ``waited`` is finished.

    No token goes on with it, and no browser.
    """
    content = json.dumps(identity.stored()).encode()
    row = WaitingIdentity(
        digest=waited,
        provider_id=identity.provider_id,
        browser=NO_BROWSER,
        sealed=current(Keyring).seal(content, bound_to=_row(waited)),
        email=identity.email,
        user_id=user_id,
        expires_at=utcnow() + LIFETIME,
        return_to="",
    )
    db.session.add(row)
    db.session.flush()


def take_for_session(waited: str) -> UpstreamIdentity | None:
    """Return whom a sign-in came by that is finished now, None if by no provider."""
    sealed = db.session.scalar(TAKE, {"of_digest": waited})
    if sealed is None:
        return None
    content = current(Keyring).open(sealed, bound_to=_row(waited))
    return read_identity(json.loads(content))


def find_held(token: str, *, browser: str | None) -> HeldIdentity | None:
    """Return the identity of a token, in the browser whose cookie comes with it."""
    if browser is None or not token.isascii():
        return None
    values = {
        "of_digest": digest(token),
        "of_browser": digest(browser),
        "now": utcnow(),
    }
    row = db.session.execute(FIND, values).one_or_none()
    if row is None:
        return None
    content = current(Keyring).open(row.sealed, bound_to=_row(row.digest))
    return HeldIdentity(
        row.digest,
        read_identity(json.loads(content)),
        Ahead(row.return_to, row.sent_copy),
        row.user_id,
    )


def spend_held(held: HeldIdentity) -> bool:
    """Take an identity once; False when another request has."""
    return changed_one(SPEND, {"of_digest": held.digest, "now": utcnow()})


def _row(key: str) -> str:
    """Name the row that bytes belong to."""
    return SEALED.bound_to(digest=key)
