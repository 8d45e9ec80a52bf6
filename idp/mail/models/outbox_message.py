"""A message on its way."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.outbox import index_of_failed
from idp.core.randomness import new_id


class OutboxMessage(Model):
    """One mail, written in the transaction that caused it, rendered and sent later.

    ``kind`` is its name in ``messages.MESSAGES``, ``values_sealed`` what it is given;
    after delivery that is gone, because it holds live links. Only the ``outbox:``
    mailer of development, which delivers here, keeps it to be read. ``text`` and
    ``html`` hold what release 0.1 has rendered; new rows leave them
    empty, and get their ``subject`` when they leave. ``claimed_until`` keeps a second
    worker off; ``failed_at`` is set when the worker gave up.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_sent_at_next_try_at", "sent_at", "next_try_at"),
        index_of_failed("outbox_messages"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str | None] = mapped_column(String(35))
    values_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject: Mapped[str] = mapped_column(String(255), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    next_try_at: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(512))
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
