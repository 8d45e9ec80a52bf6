"""Finders of people, shared by the rules."""

from sqlalchemy import bindparam, select

from idp.accounts.models import User
from idp.accounts.names import email_key, username_key
from idp.core.db import db, table_of
from idp.core.text import is_line

users = table_of(User)

HOLD = (
    select(users.c.id)
    .where(users.c.id == bindparam("of_user"))
    .with_for_update(key_share=True)
)


def hold_user(user_id: str) -> None:
    """Let nobody else change this user until the end of the unit of work.

    Who will change both the user and what hangs on it holds the user first: of two that
    took them in different order each would wait for the other.
    """
    db.session.execute(HOLD, {"of_user": user_id})


def find_user(user_id: str) -> User | None:
    """Return the user with this id (the public ``sub``)."""
    return db.session.get(User, user_id)


def get_user(user_id: str) -> User:
    """Return the user of a live session, whose row the session's row points to."""
    return db.session.get_one(User, user_id)


def find_by_email(address: str) -> User | None:
    """Return the owner of an address, verified or not, however it is typed."""
    if not is_line(address):
        return None
    return db.session.scalar(select(User).where(User.email_key == email_key(address)))


def find_id_by_email(address: str) -> str | None:
    """Return the id alone: as quick to find as that there is none."""
    if not is_line(address):
        return None
    return db.session.scalar(
        select(User.id).where(User.email_key == email_key(address))
    )


def find_by_username(username: str) -> User | None:
    """Return the owner of a username."""
    if not is_line(username):
        return None
    key = username_key(username)
    return db.session.scalar(select(User).where(User.username_key == key))


def find_by_login(login: str) -> User | None:
    """Return the user who signs in as ``login``, an address or a username."""
    return find_by_email(login) if "@" in login else find_by_username(login)
