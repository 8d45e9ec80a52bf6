"""A sign-in of which a second factor is still due."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class PendingSignIn(Model):
    """What was proven of a sign-in that is no session yet.

    ``digest`` is of the ticket that goes on with it, ``browser_digest`` of the cookie
    of the browser where it began; a program has none. ``used_at`` is set by the one
    guarded UPDATE that ends it in a session.
    """

    __tablename__ = "pending_sign_ins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    security_version: Mapped[int]
    proofs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    remember: Mapped[bool]
    browser_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
