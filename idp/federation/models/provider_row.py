"""A provider that signs people in elsewhere, as operators have set it up."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class ProviderRow(Model):
    """One provider; ``id`` is a slug that its callback URL has in it.

    ``configured`` holds what was checked, under the names of the ``Provider`` class.
    ``secret_sealed`` is what proves this server there: a secret, or a private key in
    PEM. ``position`` is the place of its button.
    """

    __tablename__ = "providers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(255))
    configured: Mapped[dict[str, Any]]
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    disabled_at: Mapped[datetime | None]
