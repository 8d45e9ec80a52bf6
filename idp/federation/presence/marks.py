"""What becomes of users who are gone or disabled in their directory, or back again.

Gone, an account is out of use as if an operator had disabled it: sessions, tokens and
mailed links end, and nothing opens it. Owners are spared, so that a directory shuts
nobody out for good, and so is who another directory still has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, true, update

from idp.accounts.access.permissions import Role
from idp.accounts.lifecycle.status import disable, enable
from idp.accounts.models import UserStatus
from idp.accounts.users import find_user, hold_anew
from idp.core.db import changed_one, db, table_of
from idp.federation.models import LinkedIdentity
from idp.federation.providers.offered import list_directories
from idp.security.requester import Requester

links = table_of(LinkedIdentity)

AS_SEEN = (
    links.c.id == bindparam("of_link"),
    links.c.checked_at.is_not_distinct_from(bindparam("seen_at")),
)
# Of two that have asked a directory at once, the later answer counts.
MARK_GONE = (
    update(links)
    .where(*AS_SEEN)
    .values(
        checked_at=bindparam("now"),
        gone_at=func.coalesce(links.c.gone_at, bindparam("now")),
    )
)
MARK_THERE = (
    update(links)
    .where(links.c.id == bindparam("of_link"), links.c.shut_out.is_(False))
    .values(checked_at=bindparam("now"), gone_at=None)
)
SHUT_OUT = (
    update(links)
    .where(links.c.user_id == bindparam("of_user"), links.c.gone_at.is_not(None))
    .values(shut_out=True)
)
BACK = (
    update(links)
    .where(
        links.c.user_id == bindparam("of_user"),
        links.c.provider_id == bindparam("of_provider"),
        links.c.shut_out == true(),
    )
    .values(checked_at=bindparam("now"), gone_at=None, shut_out=False)
)
FORGET = update(links).where(links.c.user_id == bindparam("of_user"))
OF_USER = select(links.c.id).where(
    links.c.user_id == bindparam("of_user"), links.c.gone_at.is_(None)
)


@dataclass(frozen=True)
class WatchedLink:
    """A link to a directory as it was when the directory was asked."""

    id: str
    provider_id: str
    subject: str
    user_id: str
    checked_at: datetime | None
    gone_at: datetime | None
    shut_out: bool

    @classmethod
    def of(cls, row: LinkedIdentity) -> "WatchedLink":
        """Return the value of a row."""
        names = cls.__dataclass_fields__
        return cls(**{name: getattr(row, name) for name in names})


def mark_gone(link: WatchedLink, *, now: datetime) -> bool:
    """Note that a user is gone; tell whether that has shut them out just now."""
    user = find_user(link.user_id)
    if user is None or not hold_anew(user):
        return False
    seen = {"of_link": link.id, "seen_at": link.checked_at, "now": now}
    if not changed_one(MARK_GONE, seen):
        return False
    if user.status != UserStatus.ACTIVE or Role.OWNER in user.roles:
        return False
    if _is_elsewhere(user.id):
        return False
    disable(user, by=by_of(link.provider_id), requester=Requester(), notify=False)
    db.session.execute(SHUT_OUT, {"of_user": user.id})
    return True


def mark_there(seen: Iterable[WatchedLink], *, now: datetime) -> None:
    """Note that users are there, and let those in again who were shut out for it."""
    for link in seen:
        if link.shut_out:
            welcome_back(link.user_id, link.provider_id, now=now)
        else:
            db.session.execute(MARK_THERE, {"of_link": link.id, "now": now})


def welcome_back(user_id: str, provider_id: str, *, now: datetime) -> None:
    """Put an account into use that its directory had shut out, and no operator since.

    Sessions and grants stay ended.
    """
    of = {"of_user": user_id, "of_provider": provider_id, "now": now}
    user = find_user(user_id)
    if user is None or not hold_anew(user) or not changed_one(BACK, of):
        return
    keep_shut_out(user_id)  # another directory need not say so too
    if user.status == UserStatus.DISABLED:
        enable(user, by=by_of(provider_id))


def keep_shut_out(user_id: str) -> None:
    """Let no directory put an account into use that an operator has disabled."""
    db.session.execute(FORGET.values(shut_out=False), {"of_user": user_id})


def by_of(provider_id: str) -> str:
    """Return who has done what a directory has said, as the audit log has it."""
    return f"provider:{provider_id}"


def _is_elsewhere(user_id: str) -> bool:
    """Tell whether another directory that is asked still has a user."""
    asked = [each.id for each in list_directories()]
    found = OF_USER.where(links.c.provider_id.in_(asked))
    return db.session.scalar(found.limit(1), {"of_user": user_id}) is not None
