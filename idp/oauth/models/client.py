"""An application that sends people here or calls for itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class Client(Model):
    """One registered client (RFC 6749 §2).

    ``registered`` holds the validated metadata under the names of RFC 7591 §2 and OIDC
    Registration §2, every default filled in. What an operator decides and the client
    cannot set has a column of its own. ``branding`` has ``colour`` (``#rrggbb``),
    ``logo`` and ``dark_logo`` (file names ``<hash>.<extension>`` of ClientLogo rows).
    A ``restricted`` client is for those alone who are allowed (``clients.access``).
    Since ``deleted_at`` it is disabled and hidden, and goes when nothing hangs on it.
    """

    __tablename__ = "clients"

    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    client_name: Mapped[str] = mapped_column(String(255))
    registered: Mapped[dict[str, Any]]
    first_party: Mapped[bool] = mapped_column(default=False)
    require_pkce: Mapped[bool] = mapped_column(default=True)
    restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    branding: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
    disabled_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class ClientSecret(Model):
    """One live secret of a client, as SHA-256; a second one lets it rotate."""

    __tablename__ = "client_secrets"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None]
