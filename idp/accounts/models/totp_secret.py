"""A secret that an authenticator app shares with us."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id

IN_USE = "confirmed_at IS NOT NULL AND removed_at IS NULL"
WAITING = "confirmed_at IS NULL"


class TotpSecret(Model):
    """One authenticator app (RFC 6238); it counts once a code of it ``confirmed`` it.

    The secret is sealed for its row. ``last_step`` is the newest time step of which a
    code was used: none is used twice. A user has one in use and one that waits at most;
    what was removed or replaced stays for as long as that can be undone.
    """

    __tablename__ = "totp_secrets"
    __table_args__ = tuple(
        Index(
            name,
            column,
            unique=name.startswith("uq"),
            sqlite_where=text(which),
            postgresql_where=text(which),
        )
        for name, column, which in (
            ("uq_totp_secrets_in_use", "user_id", IN_USE),
            ("uq_totp_secrets_waiting", "user_id", WAITING),
            ("ix_totp_secrets_removed", "removed_at", "removed_at IS NOT NULL"),
        )
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    confirmed_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
