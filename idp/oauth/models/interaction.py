"""An authorization request that waits for its user."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import utcnow
from idp.core.db import Model


class Interaction(Model):
    """One pending authorization request, kept here and not in the browser.

    ``digest`` is of its unguessable id; ``browser`` is of the cookie that started it
    (the session's, else the pre-session's), so another browser cannot go on with it. It
    is null until the first GET of a request that came by POST: another site's POST
    carries no cookie. ``parameters`` are those of the request that mean something
    here. A login at or after ``created_at`` satisfies ``prompt=login`` and ``max_age``,
    whatever is edited in the URL. ``allowed_scope`` is what the user ``allowed_by``
    allowed for this request;
    ``chosen_by`` is who said that they are the account to go on with,
    ``organization_id`` the organization that they chose, empty for none. Of the
    ``network`` that it came from, a digest, the newest that wait are kept.
    """

    __tablename__ = "interactions"
    __table_args__ = (
        Index(
            None,
            "network",
            "expires_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str | None] = mapped_column(String(64), index=True)
    client_id: Mapped[str] = mapped_column(String(255))
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    allowed_by: Mapped[str | None] = mapped_column(String(32))
    allowed_scope: Mapped[str | None] = mapped_column(Text)
    chosen_by: Mapped[str | None] = mapped_column(String(32))
    organization_id: Mapped[str | None] = mapped_column(String(32))
    network: Mapped[str | None] = mapped_column(String(64))
