"""A code that stands for a lost authenticator."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class RecoveryCode(Model):
    """One of ten, each good for once; only a keyed MAC of it is kept.

    ``keys_sealed`` are the keys that the MAC may be by; None in rows of before.
    """

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    mac: Mapped[str] = mapped_column(String(64))
    keys_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]
