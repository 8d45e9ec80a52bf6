"""What happened, for those who must be able to prove it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id

ACTOR_LENGTH = 300  # a client's id, and what tells that it is one


def _index_of_few(name: str) -> Index:
    """Return the index of a column that few rows have: the others pay nothing."""
    there = text(f"{name} IS NOT NULL")
    return Index(None, name, "occurred_at", sqlite_where=there, postgresql_where=there)


class AuditEvent(Model):
    """One event: who did what, from where, with what outcome. Rows are only added.

    ``request_id`` is the reference that error pages show; ``actor`` is who acted where
    that was no user: ``operator`` of the machine, who runs commands, or a program.
    ``subject`` is the user it was done to, where that was another, ``organization_id``
    the organization that it concerns. No foreign keys: the log outlives what it speaks
    of.

    Behind the time an index holds what else many rows have in common: a search for both
    that finds nothing compares there, and reads no row.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "occurred_at", "outcome", "event"),
        Index(None, "user_id", "occurred_at"),
        Index(None, "event", "occurred_at", "outcome"),
        Index(None, "client_id", "occurred_at", "event", "outcome"),
        Index(None, "ip", "occurred_at", "event", "outcome", "client_id"),
        _index_of_few("actor"),
        _index_of_few("subject"),
        _index_of_few("organization_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    occurred_at: Mapped[datetime] = mapped_column(default=utcnow)
    event: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str | None] = mapped_column(String(32))
    actor: Mapped[str | None] = mapped_column(String(ACTOR_LENGTH))
    subject: Mapped[str | None] = mapped_column(String(32))
    organization_id: Mapped[str | None] = mapped_column(String(32))
    client_id: Mapped[str | None] = mapped_column(String(255))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(512))
    request_id: Mapped[str | None] = mapped_column(String(64), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
