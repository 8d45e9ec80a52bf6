"""A mailed link whose button is pressed again: it goes on as the first answer did.

For the browser that pressed it, for ten minutes, and for as long as nothing more has
happened to the account. Others are told that the link is over.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from idp.accounts import one_time_tokens
from idp.accounts.models import User
from idp.accounts.one_time_tokens import SpentToken
from idp.core.db import db
from idp.core.randomness import digest

PURPOSE = "pressed_again"
SECONDS = 600


def keep_pressed(token: str, *, user_id: str, by: str | None, **data: Any) -> None:
    """Remember for ``by``, a digest of what it holds, what a link has just done."""
    if by is None:
        return
    one_time_tokens.keep_used(
        digest(_beside(token)),
        user_id=user_id,
        purpose=PURPOSE,
        data={**data, "by": by, "version": _version_of(user_id)},
        seconds=SECONDS,
    )


def find_pressed(token: str, *, by: Sequence[str]) -> SpentToken | None:
    """Return what a link did for one of these just now, None if nothing."""
    found = one_time_tokens.find_used(_beside(token), purpose=PURPOSE)
    if found is None or found.data["by"] not in by:
        return None
    return found if found.data["version"] == _version_of(found.user_id) else None


def _beside(token: str) -> str:
    """Return what names this beside the token's own row."""
    return f"{PURPOSE}:{token}"


def _version_of(user_id: str) -> int | None:
    """Return what each change of how an account is signed in to raises."""
    return db.session.scalar(select(User.security_version).where(User.id == user_id))
