"""A browser that is signed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class BrowserSession(Model):
    """One sign-in of one browser; ``id`` is the ``sid`` that apps are told.

    The cookie holds a random token of which only the digest is here. ``auth_time`` is
    the last proof of identity (OIDC Core §2), ``amr`` the methods of all (RFC 8176),
    ``proofs`` say more of each (``sessions.proofs``). A session is live while
    ``ended_at`` is null and both expiries lie ahead; the idle one is never later than
    the other. ``unused_seconds`` is for how long it lay unused at most since that
    proof, ``organization_id`` in whose context its user goes on, if in any.
    """

    __tablename__ = "browser_sessions"
    __table_args__ = (
        Index(
            "ix_browser_sessions_unended",
            "idle_expires_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_browser_sessions_ended",
            "ended_at",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_browser_sessions_newest",
            "created_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_browser_sessions_organization_id",
            "organization_id",
            sqlite_where=text("organization_id IS NOT NULL"),
            postgresql_where=text("organization_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    auth_time: Mapped[datetime]
    amr: Mapped[list[str]]
    proofs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    remember: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    unused_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    idle_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="SET NULL")
    )
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(512))
