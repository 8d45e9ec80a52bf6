"""A mail that was asked for."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class MailRequest(Model):
    """One request for a mail to an address that may or may not have an account.

    The worker answers it within a second and deletes it. ``address`` is in its unique
    form; ``language``, ``user_agent`` and ``ip`` are of the browser that asked, and
    ``bound_to`` is the digest of a token that it keeps, where that is asked for.
    ``note`` is what they say who ask for a place on the waitlist, ``client_id`` the app
    that they come from.
    """

    __tablename__ = "mail_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    purpose: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(254))
    return_to: Mapped[str] = mapped_column(String(2048))
    language: Mapped[str] = mapped_column(String(35))
    user_agent: Mapped[str | None] = mapped_column(String(512))
    ip: Mapped[str | None] = mapped_column(String(45))
    bound_to: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))
    client_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
