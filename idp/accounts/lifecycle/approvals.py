"""New accounts that wait for an operator: listed, approved, declined, gone in the end.

An account waits in status ``pending``, which nothing signs in to. Of two decisions
about one at once the first counts: each changes or deletes the row in ``users`` while
it has that status.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from idp.accounts.lifecycle.personal_data import PersonalData, data_subject_of
from idp.accounts.models import RegistrationApproval, User, UserStatus
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit

WAITS_FOR = timedelta(days=30)
MOST_AT_ONCE = 100
EXPIRED_AT_ONCE = 20

users, approvals = table_of(User), table_of(RegistrationApproval)

WAITS = (
    users.c.id == bindparam("of_user"),
    users.c.status == UserStatus.PENDING,
)
LET_IN = (
    update(users)
    .where(*WAITS, users.c.email_verified_at.is_not(None))
    .values(status=UserStatus.ACTIVE)
)
ERASE = delete(users).where(*WAITS)
END = delete(approvals).where(approvals.c.user_id == bindparam("of_user"))
COUNT = (
    select(func.count(), func.min(approvals.c.asked_at))
    .join_from(approvals, users)
    .where(users.c.status == UserStatus.PENDING, users.c.email_verified_at.is_not(None))
)
LISTED: tuple[Any, ...] = (
    User.id,
    User.email,
    User.name,
    User.username,
    RegistrationApproval.asked_at,
)
ORDER = Order(
    (RegistrationApproval.asked_at, RegistrationApproval.user_id),
    values=lambda at: (datetime.fromisoformat(at[0]), at[1]),
)


class NotPending(IdpError):
    """Accounts that do not wait: they were decided about, or there are none."""

    code = "not_pending"
    status = HTTPStatus.CONFLICT
    title = "This account doesn’t wait for approval any more."


@dataclass(frozen=True)
class ListedApproval:
    """A user who waits, and since when; ``expires_at`` the account goes by itself."""

    id: str
    email: str
    name: str | None
    username: str | None
    asked_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When nobody has to decide any more."""
        return self.asked_at + WAITS_FOR


def list_approvals(request: PageRequest, *, text: str = "") -> Page[ListedApproval]:
    """Return one page of who waits, the longest first.

    ``text`` is the beginning of an address, or a part of a name. Who has not proven the
    address does not wait yet.
    """
    of = f"approvals:{text}"
    found = select(*LISTED)
    found = found.join(User, User.id == RegistrationApproval.user_id).where(
        User.status == UserStatus.PENDING, User.email_verified_at.is_not(None)
    )
    if text:
        begins = User.email_key.startswith(text.lower(), autoescape=True)
        found = found.where(or_(begins, User.name.icontains(text, autoescape=True)))
    wanted = seek(found, ORDER, request=request, of=of)
    rows = [ListedApproval(*row) for row in db.session.execute(wanted)]
    return page_of(
        rows,
        request,
        of=of,
        position=lambda row: (row.asked_at.isoformat(), row.id),
    )


def count_waiting() -> tuple[int, datetime | None]:
    """Return how many wait, and since when the first does."""
    count, oldest = db.session.execute(COUNT).one()
    return count, oldest


def approve(user_ids: Collection[str], *, by: str) -> list[str]:
    """Let users in, who are mailed that; return those who waited.

    Raises NotPending where none did.
    """
    decided = [each for each in sorted(set(user_ids)) if _approve(each, by=by)]
    if not decided:
        raise NotPending
    return decided


def decline(user_ids: Collection[str], *, by: str) -> list[str]:
    """Turn users away, who are mailed that, and erase them; return as ``approve``."""
    decided = [each for each in sorted(set(user_ids)) if _erase(each, by=by)]
    if not decided:
        raise NotPending
    return decided


def expire_due() -> int:
    """Erase accounts that nobody has decided about in thirty days, one at a time."""
    due = (
        select(RegistrationApproval.user_id)
        .join(User, User.id == RegistrationApproval.user_id)
        .where(RegistrationApproval.asked_at <= utcnow() - WAITS_FOR)
        .where(User.status == UserStatus.PENDING)
        .order_by(RegistrationApproval.asked_at)
        .limit(EXPIRED_AT_ONCE)
    )
    erased = 0
    for user_id in db.session.scalars(due).all():
        erased += _erase(user_id, by=None)
        db.session.commit()
    return erased


def _approve(user_id: str, *, by: str) -> bool:
    """Let one user in; False for one who does not wait."""
    if not changed_one(LET_IN, {"of_user": user_id}):
        return False
    db.session.execute(END, {"of_user": user_id})
    user = db.session.get_one(User, user_id, populate_existing=True)
    opens = user.password_hash or user.factors
    path = "/login" if opens else "/forgot-password"
    outbox.send(
        "registration_approved",
        to=user.email,
        link=current(ServerSettings).issuer + path,
        display_name=user.name,
        locales=(user.locale,),
    )
    audit.record("registration.approved", user_id=user_id, by=by)
    return True


def _erase(user_id: str, *, by: str | None) -> bool:
    """Erase one user who waits; False for one who does not.

    With ``by`` an operator has declined; else the time was over.
    """
    user = find_user(user_id)
    if user is None:
        return False
    subject = data_subject_of(user)
    to, name, locale = user.email, user.name, user.locale
    db.session.expunge(user)
    if not changed_one(ERASE, {"of_user": user_id}):
        return False
    current(PersonalData).erase(subject)
    if by is not None:
        outbox.send(
            "registration_declined",
            to=to,
            link=current(ServerSettings).issuer,
            display_name=name,
            locales=(locale,),
        )
    stage = "expired" if by is None else None
    audit.record("registration.declined", user_id=user_id, by=by, stage=stage)
    return True
