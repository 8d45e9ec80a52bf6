"""A domain of the DNS that an organization says is its own."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id

_VERIFIED = text("verified_at IS NOT NULL")


class OrganizationDomain(Model):
    """One domain of an organization; it counts while ``verified_at`` is set.

    Any organization may name it, one alone can have it verified. ``method`` is how
    that was done, ``dns``, ``mail`` or ``seed``; ``token`` stands in the DNS,
    ``mail_digest`` is of one that was mailed. ``failures`` are looks in a row that did
    not find it, the last at ``checked_at``; of a proof by mail, which was given then,
    how often owners were told that it ends, first at ``reminded_at``. With
    ``auto_join`` who has a proven address there becomes a member; ``provider_id`` is
    the provider that is their only way in.
    """

    __tablename__ = "organization_domains"
    __table_args__ = (
        UniqueConstraint("organization_id", "domain"),
        Index(
            "uq_organization_domains_verified",
            "domain",
            unique=True,
            sqlite_where=_VERIFIED,
            postgresql_where=_VERIFIED,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    domain: Mapped[str] = mapped_column(String(253))
    method: Mapped[str | None] = mapped_column(String(8))
    token: Mapped[str] = mapped_column(String(64))
    mail_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    mailed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    auto_join: Mapped[bool] = mapped_column(default=True)
    provider_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
