"""How often a code of a factor was wrong."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class FactorLock(Model):
    """Wrong codes of one factor of a user since ``began_at``, and until when it waits.

    A row is there once a code was tried.
    """

    __tablename__ = "factor_locks"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    method: Mapped[str] = mapped_column(String(16), primary_key=True)
    failures: Mapped[int]
    began_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
