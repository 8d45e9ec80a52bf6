"""Browsers that an account was signed in with before, and news of those that are new.

A device cookie holds a random token for a year, one for all accounts of a browser. It
proves nothing by itself (security.md §6).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import bindparam, exists, select, update

from idp.accounts.models import KnownDevice, User
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, db, table_of
from idp.core.randomness import digest, new_id, new_token
from idp.core.sealing import Keyring
from idp.core.server_settings import ServerSettings
from idp.mail import notices, outbox
from idp.mail.messages import Message
from idp.security.caller import caller
from idp.security.networks import network_name
from idp.security.user_agent import browser_name
from idp.web.browser.cookies import device_token, keep_device

TOUCH_AFTER = timedelta(days=1)
MAC_PURPOSE = "sign-in-report"

devices = table_of(KnownDevice)

FIND = select(devices.c.id, devices.c.last_seen_at).where(
    devices.c.user_id == bindparam("of_user"),
    devices.c.token_digest == bindparam("digest"),
)
HAS_ANY = select(exists().where(devices.c.user_id == bindparam("of_user")))
TOUCH = (
    update(devices)
    .where(devices.c.id == bindparam("device_id"))
    .values(last_seen_at=bindparam("now"))
)


@dataclass(frozen=True)
class Known:
    """This browser as one person's account knows it."""

    id: str
    last_seen_at: datetime


def find_known(user_id: str | None) -> Known | None:
    """Return this browser if the account knows it; None asks for nobody's.

    That question costs the same, so that time does not tell whether there is an
    account.
    """
    token = device_token()
    if token is None:
        return None
    values = {"of_user": user_id or "", "digest": digest(token)}
    row = db.session.execute(FIND, values).one_or_none()
    return Known(row.id, row.last_seen_at) if row else None


def welcome(user_id: str, known: Known | None) -> None:
    """Note a sign-in in this browser; the owner is told of one that is new.

    The very first browser of an account is not news: who has just registered knows.
    """
    if known:
        keep_device(device_token() or new_token())
        _touch(known)
        return
    user, device_id = get_user(user_id), new_id()
    others = db.session.execute(HAS_ANY, {"of_user": user_id}).scalar_one()
    news = _news_for(user, device_id) if others else None
    if remember(user_id, device_id=device_id) and news:
        outbox.enqueue(user.email, news)


def remember(user_id: str, *, device_id: str | None = None) -> bool:
    """Let an account know this browser; False when it does already.

    Of two tabs that sign in at once the first is remembered.
    """
    token = device_token() or new_token()
    keep_device(token)
    who = caller()
    row = {
        "id": device_id or new_id(),
        "user_id": user_id,
        "token_digest": digest(token),
        "ip": who.ip,
        "user_agent": who.user_agent,
    }
    return add_if_absent(devices, row)


def device_in(token: str) -> str | None:
    """Return the id of the device that a link is about, None for a forged one."""
    device_id, _, mac = token.partition(".")
    genuine = current(Keyring).genuine(MAC_PURPOSE, device_id, presented=mac)
    return device_id if genuine else None


def _touch(known: Known) -> None:
    """Note that a browser is still in use, at most once a day."""
    now = utcnow()
    if now - known.last_seen_at >= TOUCH_AFTER:
        db.session.execute(TOUCH, {"device_id": known.id, "now": now})


def _news_for(user: User, device_id: str) -> Message:
    """Return the message that tells an owner of a sign-in in a new browser."""
    who = caller()
    return notices.new_sign_in(
        link=_report_link(device_id),
        display_name=user.name,
        locale=user.locale,
        browser=browser_name(who.user_agent),
        network=network_name(who.ip),
    )


def _report_link(device_id: str) -> str:
    """Return the link by which an owner says that a sign-in was not theirs.

    It is not stored: a copy of the database holds no link that works.
    """
    token = f"{device_id}.{current(Keyring).mac(MAC_PURPOSE, device_id)}"
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/login/not-me?{query}"
