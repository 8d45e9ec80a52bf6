"""That somebody at a provider is a user here."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class LinkedIdentity(Model):
    """One identity at a provider, which opens one account.

    ``subject`` is the key; ``email`` is what the provider said last, to show. Its
    tokens are kept, sealed, where an operator asked for that.

    In a directory ``checked_at`` is when the user was last looked for, ``gone_at``
    since when they are gone or disabled there. ``shut_out``: the account is out of use
    because of that, until they are back.
    """

    __tablename__ = "linked_identities"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        Index("ix_linked_identities_checked", "provider_id", "checked_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    provider_id: Mapped[str] = mapped_column(
        ForeignKey("providers.id", ondelete="CASCADE")
    )
    subject: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime | None]
    tokens_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    checked_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    shut_out: Mapped[bool] = mapped_column(default=False, server_default=false())
