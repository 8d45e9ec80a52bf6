"""An address of a user."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class UserEmail(Model):
    """One of the addresses of a user, of which one is the primary.

    ``users.email*`` repeat the primary one. ``email_key`` is the unique form by which
    an address is looked up; it is null while a further one is unproven, so such a row
    is found by nobody, and reserves nothing.
    """

    __tablename__ = "user_emails"
    __table_args__ = (
        Index(
            "uq_user_emails_primary",
            "user_id",
            unique=True,
            sqlite_where=text('"primary" = 1'),
            postgresql_where=text('"primary"'),
        ),
        # Few users have further ones, by which lists are searched too.
        Index(
            "ix_user_emails_further",
            "email",
            "user_id",
            "verified_at",
            sqlite_where=text('"primary" = 0'),
            postgresql_where=text('NOT "primary"'),
        ),
        Index(
            "ix_user_emails_unproven",
            "email",
            "added_at",
            sqlite_where=text("email_key IS NULL"),
            postgresql_where=text("email_key IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    verified_at: Mapped[datetime | None]
    primary: Mapped[bool]
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
