"""/account/sessions: the browsers and programs a person is signed in with."""

from datetime import datetime

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.sessions.list import (
    Device,
    NoSuchSession,
    end_device,
    end_other_devices,
    list_devices,
)
from idp.api.sign_out import drop_cookies
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.words import browser_name

api = JsonBlueprint("session_list_api", __name__, tag="Devices")
PATH = "/account/sessions"


class Session(Answer):
    """A live session; ``current`` is the one that asks.

    ``device`` and ``place`` are null where nothing is known.
    """

    id: str
    device: str | None
    place: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    current: bool


@api.operation(
    "GET",
    PATH,
    id="session_list_api_show",
    answers={200: list[Session]},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> list[Session]:
    """List the sessions of who is signed in: the asking one, then the last used."""
    devices = list_devices(who.user_id, current_session_id=who.session_id)
    return [session(device) for device in devices]


@api.operation(
    "DELETE",
    f"{PATH}/<device_id>",
    id="session_list_api_end_one",
    answers={204: None},
    refusals=(NoSuchSession,),
)
def end_one(who: Principal, device_id: str) -> Response:
    """End one session, with its tokens."""
    end_device(who.user_id, device_id)
    own = who.by_cookie and device_id == who.session_id
    return drop_cookies(reply(None)) if own else reply(None)


@api.operation("DELETE", PATH, id="session_list_api_end_others", answers={204: None})
def end_others(who: Principal) -> None:
    """End all sessions but the asking one."""
    end_other_devices(who.user_id, except_session_id=who.session_id)


def session(device: Device) -> Session:
    """Return a device as an answer."""
    return Session(
        id=device.session_id,
        device=browser_name(device.browser),
        place=device.network,
        first_seen_at=device.first_seen_at,
        last_seen_at=device.last_seen_at,
        current=device.current,
    )
