"""Passkeys and security keys (WebAuthn), and the challenges that they answer."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model
from idp.core.randomness import new_id


class Passkey(Model):
    """A key pair that a user signs in with; the public half is here.

    ``credential_id`` is base64url; ``rp_id`` is the host that the key was made for.
    ``synced``: it may be on several devices.
    ``second_step``: it was added to be shown after a password, and opens nothing alone.
    ``sign_count`` is what its authenticator said last; one that goes back sets
    ``disabled_at``, for the key is a copy. A removed one stays until its undo is over.
    """

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    rp_id: Mapped[str] = mapped_column(String(253), server_default="")
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    synced: Mapped[bool]
    second_step: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def usable(self) -> bool:
        """Tell whether the key may be shown."""
        return self.disabled_at is None and self.removed_at is None

    @property
    def signs_in(self) -> bool:
        """Tell whether the key opens the account by itself."""
        return self.usable and not self.second_step


class WebauthnChallenge(Model):
    """A challenge that may be answered once, by who asked for it.

    ``digest`` is of the ticket that goes with it; ``user_id`` says whose key is to
    answer, where that was said, ``new_user_id`` who is to be by then; ``bound_to``
    is the session or the browser it is for.
    """

    __tablename__ = "webauthn_challenges"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    challenge: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    new_user_id: Mapped[str | None] = mapped_column(String(32))
    bound_to: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
