"""/account/trusted-browsers: where a user is not asked for the second factor."""

from datetime import datetime

from idp.accounts.access.principal import Principal
from idp.accounts.factors.trusted_browsers import (
    ListedBrowser,
    NoSuchTrustedBrowser,
    end_trust,
    list_trusted,
)
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint
from idp.web.words import browser_name

api = JsonBlueprint("trusted_browsers_api", __name__, tag="Devices")
PATH = "/account/trusted-browsers"


class TrustedBrowserAnswer(Answer):
    """A browser that is spared the second factor until `expires_at`.

    `device` and `place` are null where nothing is known.
    """

    __qualname__ = "TrustedBrowser"  # as the API document calls it

    id: str
    device: str | None
    place: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@api.operation(
    "GET",
    PATH,
    id="trusted_browsers_api_show",
    answers={200: list[TrustedBrowserAnswer]},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> list[TrustedBrowserAnswer]:
    """List the browsers where one factor is enough, the newest first."""
    return list(map(_answer, list_trusted(who.user_id)))


@api.operation(
    "DELETE",
    f"{PATH}/<browser_id>",
    id="trusted_browsers_api_end",
    answers={204: None},
    refusals=(NoSuchTrustedBrowser,),
)
def end(who: Principal, browser_id: str) -> None:
    """Ask for the second factor in a browser again, from the next sign-in on."""
    end_trust(who.user_id, browser_id)


def _answer(trusted: ListedBrowser) -> TrustedBrowserAnswer:
    """Return a browser as an answer."""
    return TrustedBrowserAnswer(
        id=trusted.id,
        device=browser_name(trusted.browser),
        place=trusted.network,
        created_at=trusted.created_at,
        last_used_at=trusted.last_used_at,
        expires_at=trusted.expires_at,
    )
