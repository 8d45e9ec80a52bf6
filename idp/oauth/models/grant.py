"""One completed authorization."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class Grant(Model):
    """The root of a code and of all tokens that came from it.

    Revoking the row ends them all where the database is asked (userinfo, introspection,
    refresh). ``offline`` grants outlive the browser session (OIDC Core §11); others end
    with it. ``claims`` is the ``claims`` parameter (OIDC Core §5.5), ``resource`` the
    resource indicators (RFC 8707). ``organization_id`` is in whose context it is, which
    it does not outlive.
    """

    __tablename__ = "grants"
    __table_args__ = (
        Index(None, "client_id", "created_at"),
        Index(
            "ix_grants_in_context",
            "organization_id",
            "revoked_at",
            sqlite_where=text("organization_id IS NOT NULL"),
            postgresql_where=text("organization_id IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE")
    )
    browser_session_id: Mapped[str | None] = mapped_column(
        ForeignKey("browser_sessions.id", ondelete="SET NULL"), index=True
    )
    scope: Mapped[str] = mapped_column(Text)
    offline: Mapped[bool] = mapped_column(default=False)
    auth_time: Mapped[datetime]
    acr: Mapped[str | None] = mapped_column(String(255))
    amr: Mapped[list[str]] = mapped_column(default=list)
    claims: Mapped[dict[str, Any] | None]
    resource: Mapped[list[str] | None]
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
