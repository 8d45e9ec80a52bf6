"""Which sign-in at a provider a session here began with."""

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class UpstreamSession(Model):
    """What a provider calls the sign-in that a session stands on.

    ``sid`` is of its ID Token, which is kept sealed where the provider can be asked to
    sign the user out there too: then it is the hint (OIDC RP-Initiated Logout 1.0 §2).
    """

    __tablename__ = "upstream_sessions"
    __table_args__ = (
        Index("ix_upstream_sessions_subject", "provider_id", "subject"),
        Index("ix_upstream_sessions_sid", "provider_id", "sid"),
    )

    session_id: Mapped[str] = mapped_column(
        ForeignKey("browser_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    provider_id: Mapped[str] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE")
    )
    subject: Mapped[str] = mapped_column(String(255))
    sid: Mapped[str | None] = mapped_column(String(255))
    id_token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
