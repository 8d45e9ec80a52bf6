"""Resource servers, and which clients may ask for tokens for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class Api(Model):
    """One registered resource server; ``identifier`` is its resource (RFC 8707 §2).

    ``signing_alg`` and ``access_token_seconds`` win over those of clients. ``imported``
    is one that a migration found in use and nobody declared.
    """

    __tablename__ = "apis"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    identifier: Mapped[str] = mapped_column(String(1024), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    signing_alg: Mapped[str | None] = mapped_column(String(8))
    access_token_seconds: Mapped[int | None]
    imported: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)


class ApiScope(Model):
    """One scope value of an API; ``description`` is by language tag."""

    __tablename__ = "api_scopes"

    api_id: Mapped[str] = mapped_column(
        ForeignKey("apis.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    description: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ClientApi(Model):
    """A client may ask for tokens for an API: for ``scopes`` of it, for all if null."""

    __tablename__ = "client_apis"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True
    )
    api_id: Mapped[str] = mapped_column(
        ForeignKey("apis.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    scopes: Mapped[list[str] | None]
