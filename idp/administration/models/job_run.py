"""How it went with a background job."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class JobRun(Model):
    """A job that workers have, and its last runs, on whichever node.

    ``ran_at`` is when it last went well, ``failed_at`` when it last did not, and
    ``error`` the kind of what was raised then. A job that runs each second is noted
    once in a minute. ``known_at`` is when a worker first said that it has it.
    """

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    every_seconds: Mapped[int]
    known_at: Mapped[datetime]
    ran_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(128))
