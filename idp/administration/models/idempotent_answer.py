"""What was answered to requests that may be sent again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class IdempotentAnswer(Model):
    """A request by its caller and `Idempotency-Key`, and what it was answered.

    ``fingerprint`` is a MAC of what was asked for. While ``status`` is null the request
    is at work: ``claim`` is its own, and after ``claimed_until`` another may take its
    place. ``body`` is without what is shown once; ``held_secret`` says that there was
    such a thing.
    """

    __tablename__ = "idempotent_answers"

    caller: Mapped[str] = mapped_column(String(300), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(String(64))
    claim: Mapped[str] = mapped_column(String(32))
    claimed_until: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[str | None] = mapped_column(Text)
    held_secret: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
