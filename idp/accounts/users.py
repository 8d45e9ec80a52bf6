"""Finders of people, shared by the rules."""

from sqlalchemy import bindparam, select

from idp.accounts.models import PendingRegistration, User, UserEmail
from idp.accounts.names import as_meant, email_key, username_key
from idp.core.clock import utcnow
from idp.core.db import begin_writing, db, table_of
from idp.core.text import is_line

users, sign_ups = table_of(User), table_of(PendingRegistration)
emails = table_of(UserEmail)

HOLD = (
    select(users.c.id)
    .where(users.c.id == bindparam("of_user"))
    .with_for_update(key_share=True)
)
# What names no user yet has no key.
OWNED = emails.c.email_key == bindparam("key")
OWNER = select(User).join(emails, emails.c.user_id == users.c.id).where(OWNED)
OWNER_ID = select(emails.c.user_id).where(OWNED)
RESERVING = (
    select(sign_ups.c.id)
    .where(sign_ups.c.username_key == bindparam("key"))
    .where(sign_ups.c.expires_at > bindparam("now"))
    .where(sign_ups.c.registration_digest != bindparam("but_of"))
    .limit(1)
)


def hold_user(user_id: str) -> None:
    """Let nobody else change this user until the end of the unit of work.

    Who will change both the user and what hangs on it holds the user first: of two that
    took them in different order each would wait for the other.
    """
    db.session.execute(HOLD, {"of_user": user_id})


def hold_anew(user: User) -> bool:
    """Hold a user likewise and read the row anew; False when it is gone."""
    begin_writing()
    held = select(User).where(User.id == user.id).with_for_update(key_share=True)
    fresh = held.execution_options(populate_existing=True)
    return db.session.scalars(fresh).one_or_none() is not None


def find_user(user_id: str) -> User | None:
    """Return the user with this id (the public ``sub``)."""
    return db.session.get(User, user_id)


def get_user(user_id: str) -> User:
    """Return the user of a live session, whose row the session's row points to."""
    return db.session.get_one(User, user_id)


def find_by_verified_address(address: str) -> User | None:
    """Return the user of an address, the primary or a further one, however typed.

    The primary one counts before it is proven, for the account was made with it; a
    further one does not.
    """
    if not is_line(address):
        return None
    return db.session.scalar(OWNER, {"key": email_key(address)})


def find_id_by_verified_address(address: str) -> str | None:
    """Return the id alone: as quick to find as that there is none."""
    if not is_line(address):
        return None
    return db.session.scalar(OWNER_ID, {"key": email_key(address)})


def find_by_username(username: str) -> User | None:
    """Return the owner of a username."""
    if not is_line(username):
        return None
    key = username_key(username)
    return db.session.scalar(select(User).where(User.username_key == key))


def find_by_login(login: str) -> User | None:
    """Return the user who signs in as ``login``, an address or a username."""
    if "@" in as_meant(login):
        return find_by_verified_address(login)
    return find_by_username(login)


def is_username_reserved(username: str, *, but_of: str = "") -> bool:
    """Tell whether a sign-up that waits for its proof has asked for a username.

    Not one's own (``but_of``, the digest of who signed up): who corrects a mistyped
    address signs up again.
    """
    values = {"key": username_key(username), "but_of": but_of, "now": utcnow()}
    return db.session.execute(RESERVING, values).first() is not None
