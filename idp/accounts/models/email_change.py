"""A switch of an account to another address."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class EmailChange(Model):
    """One change of address: asked for, then confirmed, undone, or left to expire.

    Until ``undo_until`` the old address can stop or undo it, and nobody else gets that
    address (``*_key`` is the unique form); null says that the old address was
    never proven, so its mailbox has no say. ``undone_at`` is also set when the change
    was cancelled, or undone with an earlier one.
    """

    __tablename__ = "email_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    old_email: Mapped[str] = mapped_column(String(254))
    old_email_key: Mapped[str] = mapped_column(String(254), index=True)
    new_email: Mapped[str] = mapped_column(String(254))
    new_email_key: Mapped[str] = mapped_column(String(254), index=True)
    requested_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    undo_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
