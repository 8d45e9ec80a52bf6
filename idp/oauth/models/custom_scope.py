"""A scope value about users that an operator defined."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class CustomScope(Model):
    """A scope value that opens ``claims``; ``description`` is by language tag."""

    __tablename__ = "scopes"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    description: Mapped[dict[str, Any]]
    claims: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
