"""A username that nobody else may take yet."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class ReservedUsername(Model):
    """A username that was left, as a digest of its unique form.

    Its next owner would be taken for the old one. ``owner_digest`` is of the id of the
    user who left it and may come back to it; of one who is erased there is none.
    """

    __tablename__ = "reserved_usernames"

    username_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner_digest: Mapped[str | None] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(index=True)
