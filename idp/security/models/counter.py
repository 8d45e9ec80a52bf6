"""A counter that forgets."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class Counter(Model):
    """How often something happened since its window began; the window then ends."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    value: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
