"""An identity that was linked to an account, or unlinked."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model
from idp.core.randomness import new_id


class LinkChange(Model):
    """A change of what opens an account; a mailed link undoes it until ``undo_until``.

    ``subject``, ``email`` and ``linked_at`` are those of the link, so that one that was
    removed can be put back.
    """

    __tablename__ = "link_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    provider_id: Mapped[str] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE")
    )
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(254))
    linked_at: Mapped[datetime]
    added: Mapped[bool]
    changed_at: Mapped[datetime]
    undo_until: Mapped[datetime] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]
