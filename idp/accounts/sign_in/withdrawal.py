"""Taking an account back: its owner says that another is, or may be, in it.

Sessions and grants end, the offline ones too, and earlier proofs begin nothing more.
"""

from sqlalchemy import bindparam, case, delete, null, update

from idp.accounts import one_time_tokens
from idp.accounts.events import AccessWithdrawn, UnprovenOwnerRemoved
from idp.accounts.models import KnownDevice, User, UserStatus
from idp.accounts.sessions.end import end_all_sessions
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.guard import RAISED
from idp.accounts.sign_in import links as sign_in_links
from idp.accounts.terms.acceptance import forget_acceptance
from idp.core.db import db, table_of
from idp.core.events import publish
from idp.security import audit

users, devices = table_of(User), table_of(KnownDevice)

# The password of an account that is to be deleted opens its undo alone, and is kept.
KEPT_PASSWORD = case(
    (users.c.status == UserStatus.ACTIVE, null()), else_=users.c.password_hash
)
OPENING = (
    sign_in_links.PURPOSE,
    one_time_tokens.MAGIC_LINK,
    one_time_tokens.PASSWORD_RESET,
    one_time_tokens.PASSWORD_SET,
)
CLOSE = update(users).where(users.c.id == bindparam("of_user")).values(RAISED)
DISCARD_PASSWORD = CLOSE.values(password_hash=KEPT_PASSWORD, must_change_password=False)

FORGET_DEVICES = delete(devices).where(devices.c.user_id == bindparam("of_user"))


def withdraw_access(user_id: str) -> None:
    """Close an account to everybody, by the word of its mailbox.

    The password opens it no more; the caller leads the owner to a new one.
    """
    db.session.execute(DISCARD_PASSWORD, {"of_user": user_id})
    end_all_sessions(user_id)
    publish(AccessWithdrawn(user_id))


def withdraw_from_stranger(user_id: str) -> None:
    """Close an account to who signed up with an address that they did not prove.

    Mailed links are void, and changes that wait for one.
    """
    one_time_tokens.withdraw_all(user_id)
    withdraw_access(user_id)
    forget_stranger(user_id)


def forget_stranger(user_id: str) -> None:
    """Forget the browsers, and what else was remembered, of who signed up.

    They have accepted the terms for nobody but themselves.
    """
    db.session.execute(FORGET_DEVICES, {"of_user": user_id})
    forget_acceptance(user_id)
    publish(UnprovenOwnerRemoved(user_id))


def withdraw_elsewhere(live: LiveSession) -> None:
    """Close an account to all but the session that asks, which has proven no more.

    So the password stays. Mailed links that open the account are void.
    """
    db.session.execute(CLOSE, {"of_user": live.user_id})
    for purpose in OPENING:
        one_time_tokens.withdraw(live.user_id, purpose=purpose)
    end_all_sessions(live.user_id, except_session_id=live.id)
    publish(AccessWithdrawn(live.user_id, live.id))
    audit.record("session.revoked", user_id=live.user_id, others=True)
