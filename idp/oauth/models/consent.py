"""A remembered decision of a user about a client."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class Consent(Model):
    """What one user allowed one client: space-separated scope, grown by each yes.

    ``declined_scope`` is what the user left out, though asked, so that they are not
    asked for it every time. ``resources`` are the APIs for which they allowed tokens.
    """

    __tablename__ = "consents"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )
    scope: Mapped[str] = mapped_column(Text)
    declined_scope: Mapped[str] = mapped_column(Text, default="", server_default="")
    resources: Mapped[list[str] | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
