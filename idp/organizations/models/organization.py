"""A tenant that people belong to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id

# As an index has it: disabled, or to be deleted.
OUT_OF_USE = "(status = 'disabled' OR delete_at IS NOT NULL)"


class OrganizationStatus(StrEnum):
    """Whether its members may work in it."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Organization(Model):
    """One organization; ``personal_to`` is the one user whose own it is, if any.

    A personal organization is made with its user and goes with them; it has no
    ``slug``. ``delete_at`` is when the organization will be erased, which an owner can
    undo until then. ``approved_at`` is when an operator made or approved it.
    ``logo_uri`` is where its logo is served, here; ``logo_link`` where it came from.
    """

    __tablename__ = "organizations"
    __table_args__ = (
        Index("uq_organizations_slug", "slug", unique=True),
        Index(
            "ix_organizations_out_of_use",
            "id",
            sqlite_where=text(OUT_OF_USE),
            postgresql_where=text(OUT_OF_USE),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str | None] = mapped_column(String(31))
    logo_uri: Mapped[str | None] = mapped_column(String(2048))
    logo_link: Mapped[str | None] = mapped_column(String(2048))
    status: Mapped[str] = mapped_column(
        String(16), default=OrganizationStatus.ACTIVE, server_default="active"
    )
    personal_to: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), unique=True
    )
    created_by: Mapped[str | None] = mapped_column(String(32), index=True)
    approved_at: Mapped[datetime | None]
    delete_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    @property
    def in_use(self) -> bool:
        """Tell whether its members may work in it."""
        return self.status == OrganizationStatus.ACTIVE and self.delete_at is None


# The same, for queries.
IN_USE = and_(
    Organization.status == OrganizationStatus.ACTIVE, Organization.delete_at.is_(None)
)
