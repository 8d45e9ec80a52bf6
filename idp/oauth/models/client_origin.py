"""Web origins of clients."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class ClientOrigin(Model):
    """One origin from which one client's pages may call the token endpoint.

    Derived from the redirect URIs and ``allowed_origins``. A CORS preflight names no
    client, so it asks here whether any client has the origin.
    """

    __tablename__ = "client_origins"

    origin: Mapped[str] = mapped_column(String(300), primary_key=True)
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )
