"""A browser that was sent to an upstream provider."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class UpstreamRequest(Model):
    """What an answer of a provider is checked against, for ten minutes.

    ``digest`` is of the ``state``, ``browser`` of the cookie of the browser that was
    sent. ``sealed`` holds the nonce and the code verifier. ``user_id`` is who wants to
    link what comes back, ``max_age`` how old a sign-in there may be in seconds.
    ``return_to`` and ``sent_copy`` are where to go on. ``answer`` holds what came by
    POST, sealed, until the browser comes with its cookies. ``used_at`` is set by the
    one guarded UPDATE that takes an answer.
    """

    __tablename__ = "upstream_requests"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    max_age: Mapped[int | None]
    return_to: Mapped[str] = mapped_column(Text)
    sent_copy: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
