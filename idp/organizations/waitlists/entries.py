"""For which features a user waits in an organization: sign up, leave, look."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import bindparam, delete, func, select

from idp.accounts.errors import NotSignedIn
from idp.core.clock import utcnow
from idp.core.db import add_if_absent, db, table_of, unless_taken
from idp.core.errors import IdpError
from idp.organizations.models import WaitlistEntry
from idp.organizations.waitlists.features import is_feature

entries = table_of(WaitlistEntry)

MOST_FEATURES = 100  # that one user waits for in one organization
OWN = (
    entries.c.organization_id == bindparam("at"),
    entries.c.user_id == bindparam("of_user"),
)
THIS = (*OWN, entries.c.feature == bindparam("for_feature"))
LIST = (
    select(entries.c.feature, entries.c.created_at)
    .where(*OWN)
    .order_by(entries.c.created_at, entries.c.feature)
)
FIND = select(entries.c.created_at).where(*THIS)
COUNT = select(func.count()).select_from(entries).where(*OWN)
REMOVE = delete(entries).where(*THIS)


class InvalidFeature(IdpError):
    """A name that no feature can have."""

    code = "invalid_feature"
    status = HTTPStatus.BAD_REQUEST
    title = "A feature is named by lower-case letters, digits, dots and hyphens."


class TooManyFeatures(IdpError):
    """A user who waits for as many features as one may."""

    code = "too_many_features"
    status = HTTPStatus.CONFLICT
    title = "You are on as many waitlists as one can be."


@dataclass(frozen=True)
class Waiter:
    """A user, and the organization in which they wait."""

    user_id: str
    organization_id: str

    def values(self) -> dict[str, str]:
        """Return what the statements need to know of them."""
        return {"of_user": self.user_id, "at": self.organization_id}


@dataclass(frozen=True)
class WaitedFor:
    """A feature that a user waits for, and since when."""

    feature: str
    created_at: datetime


def list_signed_up(waiter: Waiter) -> list[WaitedFor]:
    """Return what a user waits for, the longest first."""
    rows = db.session.execute(LIST, waiter.values())
    return [WaitedFor(row.feature, row.created_at) for row in rows]


def signed_up_at(waiter: Waiter, feature: str) -> datetime | None:
    """Return since when a user waits for a feature, None if not; InvalidFeature."""
    _check(feature)
    values = waiter.values() | {"for_feature": feature}
    found: datetime | None = db.session.scalar(FIND, values)
    return found


def sign_up(waiter: Waiter, feature: str) -> None:
    """Have a user wait for a feature; who does already keeps the place.

    Raises InvalidFeature, TooManyFeatures, and NotSignedIn for who is not in the
    organization any more.
    """
    _check(feature)
    if signed_up_at(waiter, feature) is not None:
        return
    if (db.session.scalar(COUNT, waiter.values()) or 0) >= MOST_FEATURES:
        raise TooManyFeatures
    row = {
        "organization_id": waiter.organization_id,
        "user_id": waiter.user_id,
        "feature": feature,
        "created_at": utcnow(),
    }
    with unless_taken(NotSignedIn):  # the membership has ended
        add_if_absent(entries, row)


def leave(waiter: Waiter, feature: str) -> None:
    """Take a user off the waitlist of a feature; InvalidFeature."""
    _check(feature)
    db.session.execute(REMOVE, waiter.values() | {"for_feature": feature})


def _check(feature: str) -> None:
    """Raise InvalidFeature for what can be no feature's name."""
    if not is_feature(feature):
        raise InvalidFeature
