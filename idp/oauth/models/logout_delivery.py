"""A notice to a client that one of its people signed out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.outbox import index_of_failed
from idp.core.randomness import new_id


class LogoutDelivery(Model):
    """One back-channel notice: written where the session ends, sent by the worker.

    The logout token is made when it is sent, so that a late one is fresh too.
    ``claimed_until`` keeps a second worker off while one delivers. What became of it
    (``tries``, ``last_error``, ``delivered_at`` or ``failed_at``) can be read until
    ``expires_at``.
    """

    __tablename__ = "logout_deliveries"
    __table_args__ = (
        Index(
            "ix_logout_deliveries_delivered_at_next_try_at",
            "delivered_at",
            "next_try_at",
        ),
        Index(None, "client_id", "id"),
        index_of_failed("logout_deliveries"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE")
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    sid: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    next_try_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(64))
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
