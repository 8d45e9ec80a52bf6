"""The server's name, colour, logos and links, where operators gave it some."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model

ONLY = 1  # the id of the one row


class InstanceBrandingRow(Model):
    """What is not given is null; there is one row, or none yet.

    ``links`` has addresses by the names in ``instance.LINKS``; the logos are names of
    InstanceLogo rows.
    """

    __tablename__ = "instance_branding"

    id: Mapped[int] = mapped_column(primary_key=True, default=ONLY, autoincrement=False)
    name: Mapped[str | None] = mapped_column(String(64))
    colour: Mapped[str | None] = mapped_column(String(7))
    logo: Mapped[str | None] = mapped_column(String(32))
    dark_logo: Mapped[str | None] = mapped_column(String(32))
    links: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)


class InstanceLogo(Model):
    """One picture, named by its content: ``<hash>.<extension>``."""

    __tablename__ = "instance_logos"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
