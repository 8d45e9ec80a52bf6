"""An identity that a provider has vouched for, and that opens nothing yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class WaitingIdentity(Model):
    """What waits for fields that are missing, or for who says that it is theirs.

    ``digest`` is of the token that goes on with it, ``browser`` of the cookie that the
    browser was sent to the provider with: both are asked for. ``sealed`` holds the
    identity. ``email`` is the address of whoever it is, for export and erasure.
    """

    __tablename__ = "waiting_identities"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(64))
    browser: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    return_to: Mapped[str] = mapped_column(Text)
    sent_copy: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
