"""A time whose tokens count no more."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model
from idp.core.randomness import new_id


class VoidPeriod(Model):
    """From a backup to its restore: what was signed meanwhile proves nothing."""

    __tablename__ = "void_periods"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    since: Mapped[datetime]
    until: Mapped[datetime]
