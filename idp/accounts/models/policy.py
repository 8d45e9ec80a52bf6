"""A decision of an operator."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class Policy(Model):
    """One value of one key (``accounts.policies.keys``) in one scope.

    ``scope_id`` is a client's or organization's id or a role's name, empty for the
    instance. ``updated_by`` is null for the operator of the machine.
    """

    __tablename__ = "policies"

    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    scope_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    updated_by: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    # Of the version before: false marks what owners decided (``policies.rows``).
    by_operator: Mapped[bool] = mapped_column(default=True, server_default=true())
