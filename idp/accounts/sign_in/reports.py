"""When an owner says of a sign-in in a new browser that it was another user."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete

from idp.accounts import one_time_tokens
from idp.accounts.factors.restoration import undo_changes_since
from idp.accounts.models import KnownDevice, UserStatus
from idp.accounts.sign_in import known_devices
from idp.accounts.sign_in.withdrawal import withdraw_access
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.security import audit

REPORTABLE_FOR = timedelta(days=7)

devices = table_of(KnownDevice)

FORGET = delete(devices).where(devices.c.id == bindparam("device_id"))


@dataclass(frozen=True)
class ReportedSignIn:
    """A sign-in of which the owner was mailed, and says that it was another user."""

    user_id: str
    signed_in_at: datetime


def find_reportable(token: str) -> KnownDevice | None:
    """Return the browser that a link is about; None when the link is over.

    Looking changes nothing. A link is over after a week, and when it was used.
    """
    device_id = known_devices.device_in(token)
    device = db.session.get(KnownDevice, device_id) if device_id else None
    if device is None or utcnow() - device.created_at > REPORTABLE_FOR:
        return None
    return device


def report(token: str) -> ReportedSignIn | None:
    """Close the link's account to everybody; the caller leads its owner back in.

    That works once; None when the link is over. The browser is unknown again, and what
    was changed of second factors since its sign-in is undone, as far as it can be.
    """
    device = find_reportable(token)
    if device is None:
        return None
    reported = ReportedSignIn(device.user_id, device.created_at)
    hold_user(device.user_id)
    user = get_user(device.user_id)
    if not changed_one(FORGET, {"device_id": device.id}):
        return None
    if user.status == UserStatus.ACTIVE:
        one_time_tokens.withdraw_all(user.id)
    withdraw_access(user.id)
    undo_changes_since(user.id, reported.signed_in_at)
    audit.record("session.revoked", user_id=user.id, others=True, reported=True)
    return reported
