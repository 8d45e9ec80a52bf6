"""Tables of the operations slice."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class InstanceValue(Model):
    """What is known of the installation as a whole (``ops.instance``)."""

    __tablename__ = "instance"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(255))


class JobTurn(Model):
    """When a job is due again on whichever node asks first."""

    __tablename__ = "job_turns"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime]
