"""A chain of refresh tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model
from idp.core.randomness import new_id, new_salt


class RefreshFamily(Model):
    """One completed grant's chain of refresh tokens: a single row, rotated in place.

    A client holds ``<id>.<generation>.<mac>`` where mac = HMAC(server key, id,
    generation, salt): nothing usable is stored, and every token ever issued can be
    recognised, so reuse is told apart from a guess (RFC 9700 §4.14.2).
    """

    __tablename__ = "refresh_families"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    grant_id: Mapped[str] = mapped_column(
        ForeignKey("grants.id", ondelete="CASCADE"), index=True
    )
    client_id: Mapped[str] = mapped_column(String(255))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32), default=new_salt)
    generation: Mapped[int] = mapped_column(default=0)
    rotated_at: Mapped[datetime | None]
    idle_expires_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
