"""That a user belongs to an organization."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model

# As the index of owners has it, so that it is used.
IS_OWNER = text("memberships.roles LIKE 'owner%'")
_IS_OWNER = text("roles LIKE 'owner%'")


class Membership(Model):
    """One user in one organization.

    ``roles`` are words apart by a space (``organizations.roles``): the first is owner,
    admin or member, the others are of the organization's own. Lists of members go by
    when they joined; owners have an index of their own, for there is to be one.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        Index("ix_memberships_joined", "organization_id", "created_at", "user_id"),
        Index(
            "ix_memberships_owners",
            "organization_id",
            sqlite_where=_IS_OWNER,
            postgresql_where=_IS_OWNER,
        ),
    )

    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    roles: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def role(self) -> str:
        """Return the highest of them: owner, admin or member."""
        return self.roles.partition(" ")[0]
