"""A place on the waitlist for new accounts."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id

_WAITS = text("admitted_at IS NULL AND left_at IS NULL AND confirmed_at IS NOT NULL")


class WaitingPlace(Model):
    """Who asked for an account: the address, and how far it got.

    Until ``confirmed_at`` the address is not proven. An operator lets it in at
    ``admitted_at``: until ``admitted_until`` the link whose digest is kept opens the
    sign-up, once; then the row goes. Whoever leaves may come back to the end.
    ``client_id`` is the app that they came from, and are led back to.
    """

    __tablename__ = "registration_waitlist"
    __table_args__ = (
        Index(
            "ix_registration_waitlist_waits",
            "confirmed_at",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    note: Mapped[str | None] = mapped_column(String(500))
    client_id: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(35))
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    confirmed_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    admitted_until: Mapped[datetime | None]
    admit_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    left_at: Mapped[datetime | None]
