"""A user."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    String,
    Text,
    cast,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_subject


class UserStatus(StrEnum):
    """Whether a user may sign in: only an active one may."""

    PENDING = "pending"  # an operator has not let them in yet
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETING = "deleting"  # only the undo is offered


LISTED = ("email_key", "email", "username", "name", "status", "id")
_HAS_ROLES = text("CAST(roles AS TEXT) != '[]'")


class User(Model):
    """One user; ``id`` is the public ``sub`` and never changes or returns.

    ``*_key`` columns hold the form that makes a name unique (``accounts.names``).
    Beside it stands the address in its canonical spelling, the username as typed.
    ``security_version`` grows by one when what opens the account changes: no session
    begins by a proof that was judged before (``sessions.guard``). ``registration_*``
    say who signed up, until the address is proven: the digest of what that browser or
    program keeps, and the session that began with it. ``factors`` name the kinds of
    second factors that are enrolled, so that a sign-in need not ask for them. Before
    ``reset_mail_from`` nobody but an admin has a link to a new password mailed.
    ``attributes`` has values by key (``accounts.profile.attributes``).

    Lists go by address. One index holds all that they compare, so no row is read that
    is not like that; few users have roles, and those have an index of their own. What
    is searched stands in a third (``SEARCHED``): of trigrams on PostgreSQL, where these
    may be had, while SQLite reads it through at a sixth of what the columns would take.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email_key", "email_key", unique=True),
        Index("uq_users_username_key", "username_key", unique=True),
        Index("ix_users_list", *LISTED),
        Index(
            "ix_users_with_roles",
            "email_key",
            sqlite_where=_HAS_ROLES,
            postgresql_where=_HAS_ROLES,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_subject)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    email_verified_at: Mapped[datetime | None]
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    security_version: Mapped[int] = mapped_column(default=0, server_default="0")
    registration_digest: Mapped[str | None] = mapped_column(String(64))
    registration_session_id: Mapped[str | None] = mapped_column(String(32))

    name: Mapped[str | None] = mapped_column(String(255))
    given_name: Mapped[str | None] = mapped_column(String(255))
    middle_name: Mapped[str | None] = mapped_column(String(255))
    family_name: Mapped[str | None] = mapped_column(String(255))
    nickname: Mapped[str | None] = mapped_column(String(255))
    profile: Mapped[str | None] = mapped_column(String(2048))
    picture: Mapped[str | None] = mapped_column(String(2048))
    website: Mapped[str | None] = mapped_column(String(2048))
    gender: Mapped[str | None] = mapped_column(String(64))
    birthdate: Mapped[str | None] = mapped_column(String(10))
    phone_number: Mapped[str | None] = mapped_column(String(32))
    phone_number_verified_at: Mapped[datetime | None]
    address: Mapped[dict[str, Any] | None]
    locale: Mapped[str | None] = mapped_column(String(35))
    zoneinfo: Mapped[str | None] = mapped_column(String(64))
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    status: Mapped[str] = mapped_column(String(16), default=UserStatus.ACTIVE)
    roles: Mapped[list[str]] = mapped_column(default=list)
    factors: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    reset_mail_from: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


# As the index has it, so that it is used. On SQLite that has a condition too, which is
# true of everybody: one that is named is preferred to indexes that hold the columns.
SEARCHED: ColumnElement[str] = literal_column(
    "lower(users.email || ' ' || coalesce(users.username, '')"
    " || ' ' || coalesce(users.name, ''))"
)
BY_SEARCH = literal_column("users.security_version") >= literal_column("0")
# As the index of those who have roles has it, so that it is used.
HAS_ROLES = cast(User.roles, Text) != literal_column("'[]'")
