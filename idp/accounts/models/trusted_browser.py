"""A browser in which a user is not asked for the second factor again."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class TrustedBrowser(Model):
    """One user's trust in one browser, known by the digest of its cookie.

    It counts until ``expires_at`` and for as long as the account has the
    ``security_version`` that it had then. ``user_agent`` and ``ip`` are of the sign-in
    that began it.
    """

    __tablename__ = "trusted_browsers"
    __table_args__ = (UniqueConstraint("user_id", "token_digest"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(String(64), index=True)
    security_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(512))
