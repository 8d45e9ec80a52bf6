"""A client assertion that was used."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class SpentAssertion(Model):
    """The ``jti`` of one client assertion, kept until it has expired (RFC 7523 §3).

    ``digest`` covers the client too: only within one client must a ``jti`` be unique.
    """

    __tablename__ = "spent_assertions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
