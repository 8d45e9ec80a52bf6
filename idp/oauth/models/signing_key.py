"""A key that signs tokens."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class SigningKey(Model):
    """One key pair; the private part is sealed under the server's secret.

    Published from ``created_at`` to ``retires_at``; signs from ``signs_from`` until a
    later key's ``signs_from`` has come. Nodes choose by these times, not by restart.
    One that is revoked does neither, and proves nothing.
    ``generation`` counts the keys of one algorithm: two nodes that make the next one at
    the same moment cannot both succeed.
    """

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("algorithm", "generation"),)

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(8))
    generation: Mapped[int]
    public_jwk: Mapped[dict[str, Any]]
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    signs_from: Mapped[datetime]
    retires_at: Mapped[datetime | None] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
