"""A browser that has signed in to an account before."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class KnownDevice(Model):
    """One user's use of one browser, known by the digest of its device cookie.

    The cookie signs nobody in: it spares its owner the news of each sign-in and the
    limits that strangers have used up. ``user_agent`` is that of the first sign-in.
    """

    __tablename__ = "known_devices"
    __table_args__ = (UniqueConstraint("user_id", "token_digest"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(512))
