"""An address that nobody may take yet."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class ReservedAddress(Model):
    """The address of an erased account, as a digest of its unique form.

    Its next owner would otherwise receive what is still sent to its old owner.
    """

    __tablename__ = "reserved_addresses"

    address_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)
