"""Why a request was refused."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class StoredRefusal(Model):
    """One refusal, by the reference that the caller got (``refusals.record``).

    Of callers that nobody knows, and of each client, the newest are kept.
    """

    __tablename__ = "refusals"
    __table_args__ = (Index(None, "known", "client_id", "id"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True
    )
    reference: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(String(255))
    status: Mapped[int]
    error: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[str] = mapped_column(String(255))
    known: Mapped[bool]
    check: Mapped[str] = mapped_column(String(64))
    received: Mapped[dict[str, Any]]
    expected: Mapped[str] = mapped_column(Text)
    fix: Mapped[str] = mapped_column(Text)


class RefusalCount(Model):
    """How often something was refused to callers that nobody knows, on a day in UTC.

    Each day has several rows of an event, so that few requests wait for one another.
    """

    __tablename__ = "refusal_counts"

    day: Mapped[date] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(64), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
