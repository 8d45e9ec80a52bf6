"""A provider that signs people in elsewhere, as operators have set it up."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model

_OWNED = text("organization_id IS NOT NULL")


class ProviderRow(Model):
    """One provider; ``id`` is a slug that its callback URL has in it.

    One of an ``organization_id`` is that organization's alone. ``configured`` holds
    what was checked, under the names of the ``Provider`` class.
    ``secret_sealed`` is what proves this server there: a secret, or a private key in
    PEM. ``position`` is the place of its button.
    """

    __tablename__ = "providers"
    __table_args__ = (
        Index(
            "ix_providers_organization_id",
            "organization_id",
            sqlite_where=_OWNED,
            postgresql_where=_OWNED,
        ),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(255))
    configured: Mapped[dict[str, Any]]
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Of one that is erased it is for no domain, and so for nobody.
    organization_id: Mapped[str | None] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    disabled_at: Mapped[datetime | None]
