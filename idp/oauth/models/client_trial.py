"""A sign-in by which an operator tries a client."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class ClientTrial(Model):
    """One request that was made here in place of a client, and what came of it.

    ``digest`` is of its ``state``. It belongs to one browser session: nobody else gets
    an answer to it. ``code_verifier`` opens nothing without the code, which is not
    stored. ``grant_id`` is what was granted, until ``expires_at`` or ``ended_at``.
    """

    __tablename__ = "client_trials"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    browser_session_id: Mapped[str] = mapped_column(
        ForeignKey("browser_sessions.id", ondelete="CASCADE"), index=True
    )
    code_verifier: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    grant_id: Mapped[str | None] = mapped_column(String(32))
    ended_at: Mapped[datetime | None]
