"""An account whose owner has asked for its end."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class ScheduledDeletion(Model):
    """When an account in status ``deleting`` is erased; undoing removes the row."""

    __tablename__ = "scheduled_deletions"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    requested_at: Mapped[datetime] = mapped_column(default=utcnow)
    erase_at: Mapped[datetime] = mapped_column(index=True)
