"""Which usernames can be had: not another's, not left lately, not an operator's."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, or_, select

from idp.accounts.models import ReservedUsername
from idp.accounts.names import username_key
from idp.accounts.settings import AccountsSettings
from idp.accounts.users import find_by_username, is_username_reserved
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.randomness import digest

KEPT = timedelta(days=30)  # as long as addresses of erased accounts

left = table_of(ReservedUsername)

LEFT = select(left.c.username_digest).where(
    left.c.username_digest == bindparam("digest"),
    left.c.until > bindparam("now"),
    or_(left.c.owner_digest.is_(None), left.c.owner_digest != bindparam("of_owner")),
)


def is_username_free(
    username: str, *, but_of: str = "", owner_id: str = "", by_operator: bool = False
) -> bool:
    """Tell whether somebody may have a username that is not theirs already.

    ``but_of`` is the digest of who signs up, and may have asked for it before;
    ``owner_id`` the user who may have left it. Operators may give out what they have
    reserved.
    """
    if not by_operator and username_key(username) in _operators():
        return False
    if find_by_username(username) or is_username_reserved(username, but_of=but_of):
        return False
    values = {
        "digest": digest(username_key(username)),
        "of_owner": digest(owner_id),
        "now": utcnow(),
    }
    return db.session.execute(LEFT, values).first() is None


def keep_left_username(username: str, *, owner_id: str | None) -> None:
    """Keep a username from others for a month; only digests are kept."""
    row = ReservedUsername(
        username_digest=digest(username_key(username)),
        owner_digest=digest(owner_id) if owner_id else None,
        until=utcnow() + KEPT,
    )
    db.session.merge(row)
    db.session.flush()


def take_username_back(username: str) -> None:
    """Forget that a username was left: somebody has it."""
    of_name = left.c.username_digest == digest(username_key(username))
    db.session.execute(delete(left).where(of_name))


def _operators() -> frozenset[str]:
    """Return the usernames that operators keep, in their unique form."""
    return frozenset(map(username_key, current(AccountsSettings).reserved_usernames))
