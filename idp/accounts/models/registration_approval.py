"""A new account that waits for an operator."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class RegistrationApproval(Model):
    """Since when a user in status ``pending`` waits; ``told_at``: operators know."""

    __tablename__ = "registration_approvals"
    __table_args__ = (Index("ix_registration_approvals_asked", "asked_at", "user_id"),)

    user_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    told_at: Mapped[datetime | None]
