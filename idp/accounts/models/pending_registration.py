"""A sign-up that waits for the proof of its address."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class PendingRegistration(Model):
    """What an account is to be, where account privacy is ``private``, or it waits.

    There is one for taken addresses too, whose link nobody has. ``registration_digest``
    is of what the browser or program that signed up keeps: it makes the code count.
    ``accepted`` are the versions of the terms that they accepted, ``further`` fields
    of a profile by name. ``passkey`` is what opens the account in place of a password.
    Of one that ``needs_approval`` the account waits for an operator.
    """

    __tablename__ = "pending_registrations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    code_tries: Mapped[int] = mapped_column(default=0)
    registration_digest: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    username: Mapped[str | None] = mapped_column(String(64))
    username_key: Mapped[str | None] = mapped_column(String(64), index=True)
    name: Mapped[str | None] = mapped_column(String(255))
    given_name: Mapped[str | None] = mapped_column(String(255))
    middle_name: Mapped[str | None] = mapped_column(String(255))
    family_name: Mapped[str | None] = mapped_column(String(255))
    profile: Mapped[str | None] = mapped_column(String(2048))
    further: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    passkey: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    accepted: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    return_to: Mapped[str] = mapped_column(Text)
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    ip: Mapped[str | None] = mapped_column(String(45))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
