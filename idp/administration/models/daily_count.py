"""How often something happened on one day."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class DailyCount(Model):
    """One number of one day, in UTC; it counts what happened before ``counted_at``."""

    __tablename__ = "daily_counts"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int]
    counted_at: Mapped[datetime]
