"""A device that waits to be connected."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class DeviceCode(Model):
    """One device authorization request (RFC 8628 §3.2).

    ``digest`` is of the code that the device polls with; of the one on its screen there
    is a MAC, because it is too short for a digest to hide. ``ip`` is the device's;
    of its ``network``, a digest, the newest that wait are kept.
    ``user_id`` is who typed the code; with ``answered_at`` they have answered: yes when
    there is a grant, else no. ``used_at`` is set by the one guarded UPDATE that redeems
    it.
    """

    __tablename__ = "device_codes"
    __table_args__ = (
        Index(
            None,
            "network",
            "expires_at",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_code_mac: Mapped[str] = mapped_column(String(43), unique=True)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), index=True
    )
    scope: Mapped[str] = mapped_column(Text)
    resource: Mapped[list[str] | None]
    ip: Mapped[str | None] = mapped_column(String(45))
    interval_seconds: Mapped[int]
    polled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    answered_at: Mapped[datetime | None]
    grant_id: Mapped[str | None] = mapped_column(
        ForeignKey("grants.id", ondelete="CASCADE"), index=True
    )
    used_at: Mapped[datetime | None]
    network: Mapped[str | None] = mapped_column(String(64))
