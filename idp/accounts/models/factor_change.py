"""A second factor that was added or removed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model
from idp.core.randomness import new_id


class FactorChange(Model):
    """A change of a user's factors, which a mailed link undoes until ``undo_until``.

    ``credential_id`` names the row of the factor, by its ``method``.
    """

    __tablename__ = "factor_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    method: Mapped[str] = mapped_column(String(16))
    credential_id: Mapped[str] = mapped_column(String(32))
    added: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    undo_until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
