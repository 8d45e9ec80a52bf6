"""When an owner says of a sign-in in a new browser that it was another user."""

from datetime import timedelta

from sqlalchemy import bindparam, delete

from idp.accounts.events import SignInReported
from idp.accounts.models import KnownDevice, User, UserStatus
from idp.accounts.sessions.end import end_all_sessions
from idp.accounts.sign_in import known_devices
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.events import publish
from idp.security import audit
from idp.security.requester import Requester

REPORTABLE_FOR = timedelta(days=7)

devices = table_of(KnownDevice)

FORGET = delete(devices).where(devices.c.id == bindparam("device_id"))


def find_reportable(token: str) -> KnownDevice | None:
    """Return the browser that a link is about; None when the link is over.

    Looking changes nothing. A link is over after a week, and when it was used.
    """
    device_id = known_devices.device_in(token)
    device = db.session.get(KnownDevice, device_id) if device_id else None
    if device is None or utcnow() - device.created_at > REPORTABLE_FOR:
        return None
    return device


def report(token: str, *, requester: Requester) -> User | None:
    """Sign everybody out of the link's account; its owner gets the way back in by mail.

    That works once; None when the link is over. The browser is unknown again. The way
    back is a link to a new password of its own, which lasts for half an hour only.
    """
    device = find_reportable(token)
    if device is None:
        return None
    user = get_user(device.user_id)
    if not changed_one(FORGET, {"device_id": device.id}):
        return None
    end_all_sessions(user.id)
    audit.record("session.revoked", user_id=user.id, others=True, reported=True)
    if user.status == UserStatus.ACTIVE:
        publish(SignInReported(user, requester=requester))
    return user
