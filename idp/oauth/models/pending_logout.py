"""A logout request that waits for its browser, or for its person's yes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Model


class PendingLogout(Model):
    """One checked logout request (OIDC RP-Initiated Logout §2).

    ``digest`` is of its unguessable id. ``request`` is what was found good of it: of an
    ``id_token_hint`` only the session it names, never the token. It gives nobody more
    than the request itself did, so it is bound to no browser. Of
    the ``network`` that it came from, a digest, the newest are kept.
    """

    __tablename__ = "pending_logouts"
    __table_args__ = (Index(None, "network", "expires_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    network: Mapped[str | None] = mapped_column(String(64))
