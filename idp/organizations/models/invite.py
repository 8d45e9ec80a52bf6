"""That somebody is invited."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class Invite(Model):
    """One address, invited into an organization or, without one, to the server alone.

    ``roles`` are what they are to have there, words apart by a space. Of the link's
    token the ``digest`` is kept; ``mailed``: the link went to the address, so whoever
    has it reads that. One of ``accepted_at``, ``declined_at`` and ``withdrawn_at`` is
    set by the one guarded UPDATE that ends it. ``client_id`` is the app that who joins
    is led to.
    """

    __tablename__ = "invites"
    __table_args__ = (
        Index("ix_invites_list", "organization_id", "id"),
        Index("ix_invites_email_key", "email_key", "organization_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    roles: Mapped[str] = mapped_column(Text, default="")
    client_id: Mapped[str | None] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    mailed: Mapped[bool]
    invited_by: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
