"""Browsers that an account was signed in with before, and notices of new ones.

A device cookie holds a random token for a year, one for all accounts of a browser. It
proves nothing by itself (security.md §6).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import bindparam, exists, or_, select, update

from idp.accounts.models import BrowserSession, KnownDevice
from idp.accounts.sessions.find import SessionUser
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import db, insert_of, table_of
from idp.core.errors import RateLimited
from idp.core.randomness import digest, new_id, new_token
from idp.core.sealing import Keyring
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security.ratelimit.budgets import SIGN_IN_NOTICE
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

TOUCH_AFTER = timedelta(days=1)
MAC_PURPOSE = "sign-in-report"

devices = table_of(KnownDevice)
others = devices.alias()
sessions = table_of(BrowserSession)

FIND = select(devices.c.id, devices.c.last_seen_at).where(
    devices.c.user_id == bindparam("of_user"),
    devices.c.token_digest == bindparam("digest"),
)
IS_KNOWN = select(
    or_(
        exists().where(devices.c.user_id == bindparam("of_user")),
        exists().where(sessions.c.user_id == bindparam("of_user")),
    )
)
TOUCH = (
    update(devices)
    .where(devices.c.id == bindparam("device_id"))
    .values(last_seen_at=bindparam("now"))
)


@dataclass(frozen=True)
class DeviceMatch:
    """A browser's device token, if it has one, as one account knows it.

    ``id`` and ``last_seen_at`` are None where the account does not know it.
    """

    token: str | None
    id: str | None = None
    last_seen_at: datetime | None = None


class AddedDevice(NamedTuple):
    """A browser that an account did not know, and whether it knows others."""

    id: str
    has_others: bool


def find_device(user_id: str | None, *, device_token: str | None) -> DeviceMatch:
    """Say whether the account knows this browser; None asks for nobody's.

    That question costs the same, so that time does not tell whether there is an
    account.
    """
    if device_token is None:
        return DeviceMatch(None)
    values = {"of_user": user_id or "", "digest": digest(device_token)}
    row = db.session.execute(FIND, values).one_or_none()
    if row is None:
        return DeviceMatch(device_token)
    return DeviceMatch(device_token, row.id, row.last_seen_at)


def record_sign_in(
    user: SessionUser, device: DeviceMatch, *, requester: Requester
) -> str:
    """Record a sign-in in a browser; return the token that its device cookie keeps.

    The owner is told of a browser that is new, but not of the account's very first:
    a user who has just registered knows.
    """
    token = device.token or new_token()
    if device.id:
        record_use(device)
        return token
    added = _add(user.user_id, token, requester=requester)
    if added and added.has_others:
        _notify_new_device(user, added.id, requester=requester)
    return token


def tells_of_program(
    user_id: str, device: DeviceMatch, *, requester: Requester
) -> bool:
    """Tell whether the owner is to hear of a sign-in that leaves no device cookie.

    Of those from one network once a day; not of the account's very first, nor of one
    with the cookie of a browser that it knows. Counted before the first write.
    """
    known = db.session.execute(IS_KNOWN, {"of_user": user_id}).scalar_one()
    if device.id or not known:
        return False
    news = SIGN_IN_NOTICE.meter(user_id, network_of(requester.ip))
    try:
        news.check()
        news.count()
    except RateLimited:
        return False
    return True


def notify_of_program(user: SessionUser, *, requester: Requester) -> None:
    """Mail the owner of a sign-in by a program.

    There is no browser that a link could be about: it leads to a new password, which
    ends every session.
    """
    link = f"{current(ServerSettings).issuer}/forgot-password"
    _send_news(user, link, requester=requester)


def add_device(user_id: str, *, device_token: str | None, requester: Requester) -> str:
    """Let an account know a browser; return the token that its device cookie keeps."""
    token = device_token or new_token()
    _add(user_id, token, requester=requester)
    return token


def record_use(device: DeviceMatch) -> None:
    """Record that a browser which the account knows is in use, at most once a day."""
    now = utcnow()
    if device.last_seen_at and now - device.last_seen_at >= TOUCH_AFTER:
        db.session.execute(TOUCH, {"device_id": device.id, "now": now})


def device_in(report_token: str) -> str | None:
    """Return the id of the device that a link is about, None for a forged one."""
    device_id, _, mac = report_token.partition(".")
    genuine = current(Keyring).genuine(MAC_PURPOSE, device_id, presented=mac)
    return device_id if genuine else None


def _add(user_id: str, token: str, *, requester: Requester) -> AddedDevice | None:
    """Add a browser; None when the account knows it already.

    Of two tabs that sign in at once one adds it.
    """
    row = {
        "id": new_id(),
        "user_id": user_id,
        "token_digest": digest(token),
        "ip": requester.ip,
        "user_agent": requester.user_agent,
    }
    insert = insert_of(connection().dialect.name)(devices)
    has_others = exists().where(others.c.user_id == user_id, others.c.id != row["id"])
    adding = insert.values(row).on_conflict_do_nothing()
    added = db.session.execute(adding.returning(devices.c.id, has_others)).one_or_none()
    return AddedDevice(*added) if added else None


def _notify_new_device(
    user: SessionUser, device_id: str, *, requester: Requester
) -> None:
    """Mail the owner of a sign-in in a new browser."""
    _send_news(user, _report_link(device_id), requester=requester)


def _send_news(user: SessionUser, link: str, *, requester: Requester) -> None:
    """Mail the owner of a sign-in; ``link`` is for who was not there."""
    outbox.send(
        "new_sign_in",
        to=user.email,
        link=link,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )


def _report_link(device_id: str) -> str:
    """Return the link by which an owner says that a sign-in was not theirs.

    It is not stored: a copy of the database holds no link that works.
    """
    token = f"{device_id}.{current(Keyring).mac(MAC_PURPOSE, device_id)}"
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/login/not-me?{query}"
