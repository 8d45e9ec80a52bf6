"""Telling operators that new accounts wait for approval."""

from sqlalchemy import select, update

from idp.accounts.access.permissions import Permission, permissions_of
from idp.accounts.models import RegistrationApproval, User, UserStatus
from idp.accounts.models.user import HAS_ROLES
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.settings.server import ServerSettings
from idp.mail import outbox

MOST_OPERATORS = 50
approvals, users = table_of(RegistrationApproval), table_of(User)

WAITING = select(users.c.id).where(
    users.c.id == approvals.c.user_id,
    users.c.status == UserStatus.PENDING,
    users.c.email_verified_at.is_not(None),
)
TELL = update(approvals).where(approvals.c.told_at.is_(None), WAITING.exists())
OPERATORS = (
    select(User)
    .where(User.status == UserStatus.ACTIVE, HAS_ROLES)
    .order_by(User.email_key)
)


def tell_operators() -> int:
    """Mail once to each who may decide that accounts have come to wait; count those.

    One mail for all that have come since the last.
    """
    told = db.session.connection().execute(TELL.values(told_at=utcnow())).rowcount
    if told:
        for operator in _who_may_decide():
            outbox.send(
                "approvals_waiting",
                to=operator.email,
                link=f"{current(ServerSettings).issuer}/admin/approvals",
                display_name=operator.name,
                locales=(operator.locale,),
            )
    return int(told)


def _who_may_decide() -> list[User]:
    """Return the operators who may say who gets in."""
    found = db.session.scalars(OPERATORS)
    may = [each for each in found if Permission.WAITLIST in permissions_of(each.roles)]
    return may[:MOST_OPERATORS]
