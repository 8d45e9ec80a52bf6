"""A field that an operator gave to all users."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class Attribute(Model):
    """What may be said of users beyond the profile (``accounts.profile.attributes``).

    The values are in ``users.attributes``, by key. ``label`` is by language tag.
    ``choices`` are of the type ``choice`` alone.
    """

    __tablename__ = "attributes"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(16))
    label: Mapped[dict[str, Any]]
    choices: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    claim: Mapped[str | None] = mapped_column(String(255))
    scope: Mapped[str | None] = mapped_column(String(255))
    editable_by: Mapped[str] = mapped_column(String(16))
    required_at: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)
