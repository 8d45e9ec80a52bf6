"""Removing passkeys; the last way to sign in stays. And undoing what another did."""

from datetime import datetime

from sqlalchemy import bindparam, update

from idp.accounts.factors import recovery_codes
from idp.accounts.factors.changes import change_factors, record_change
from idp.accounts.factors.passkeys.errors import NoSuchPasskey
from idp.accounts.factors.passkeys.kinds import changed, enrolled
from idp.accounts.factors.passkeys.registry import (
    NOT_REMOVED,
    get_own,
    keys,
    list_passkeys,
)
from idp.accounts.factors.passkeys.ways_in import require_way_in
from idp.accounts.models import Passkey
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sessions.start import StartedSession
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.db import begin_writing, changed_one, db
from idp.security import audit
from idp.security.requester import Requester

OF_USER = keys.c.user_id == bindparam("of_user")
SINCE = bindparam("moment", type_=keys.c.created_at.type)

REMOVE_SINCE = (
    update(keys)
    .where(OF_USER, keys.c.created_at >= SINCE, NOT_REMOVED)
    .values(removed_at=bindparam("now"))
)
BRING_BACK = (
    update(keys)
    .where(OF_USER, keys.c.created_at < SINCE, keys.c.removed_at >= SINCE)
    .values(removed_at=None)
)


def remove_passkey(
    live: LiveSession, passkey_id: str, *, requester: Requester
) -> StartedSession:
    """Remove a passkey; the session goes on with a new cookie.

    The owner is mailed a link that undoes it. With the last second factor the recovery
    codes go. Raises NoSuchPasskey, LastWayIn and NotSignedIn. Of two that are removed
    at once the second is judged without the first.
    """
    begin_writing()
    hold_user(live.user_id)
    user, found = get_user(live.user_id), get_own(live.user_id, passkey_id)
    if found.signs_in:
        require_way_in(user, without=passkey_id)
    if not _remove(found):
        raise NoSuchPasskey
    left = enrolled(live.user_id, live.factors)
    session = change_factors(live, left, requester=requester, proof=None)
    if not asks_second_factor(left):
        recovery_codes.withdraw(live.user_id)
    record_change(user, changed(found), requester=requester)
    return session


def remove_all(user_id: str) -> None:
    """Remove all passkeys of an account that its owner takes back.

    The version of the account was raised by the caller.
    """
    gone = [passkey for passkey in list_passkeys(user_id) if _remove(passkey)]
    if not gone:
        return
    user = get_user(user_id)
    user.factors = sorted(enrolled(user_id, user.factors))
    if not asks_second_factor(user.factors):
        recovery_codes.withdraw(user_id)
    db.session.flush()


def restore(user_id: str, moment: datetime) -> set[str]:
    """Put a user's keys back to those of before a moment; return the kinds of them."""
    values = {"of_user": user_id, "moment": moment, "now": utcnow()}
    db.session.execute(REMOVE_SINCE, values)
    db.session.execute(BRING_BACK, values)
    db.session.expire_all()
    return enrolled(user_id, ())


def _remove(passkey: Passkey) -> bool:
    """Let a passkey be removed, once; it is kept until that cannot be undone."""
    this = update(keys).where(keys.c.id == passkey.id, NOT_REMOVED)
    if not changed_one(this.values(removed_at=utcnow()), {}):
        return False
    db.session.expire(passkey, ["removed_at"])
    audit.record(
        "passkey.removed",
        user_id=passkey.user_id,
        passkey_id=passkey.id,
        name=passkey.name,
    )
    return True
