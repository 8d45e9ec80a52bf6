"""A directory's identity that waits, as programs go on with it: by a ticket.

In cookies mode the ticket works in this browser alone, as one that came back from a
provider; else it carries what it is bound to.
"""

from dataclasses import dataclass
from typing import Literal

from flask import Response
from pydantic import Field

from idp.core.randomness import new_token
from idp.federation.sign_in.by_password import Here
from idp.federation.sign_in.outcomes import Waits, WaitsFor
from idp.federation.sign_in.registration import find_registration
from idp.federation.sign_in.requests import Ahead
from idp.web.browser.cookies import away_token, keep_provider, provider_token
from idp.web.json.models import Answer
from idp.web.json.routes import reply

HOME = Ahead("/account")
BETWEEN = "."
MISSING = "What `/auth/login/register` has to be told"
TICKET_HELP = "For half an hour; of `/auth/login/register` or `/api/auth/external/…`"


class WaitsForProvider(Answer):
    """The provider that has vouched for an identity."""

    __qualname__ = "VouchedBy"  # as the API document calls it

    id: str
    name: str


class IdentityWaits(Answer):
    """The right password of a directory, whose user has to say more.

    `registration_required`: there is an account once what is `missing` is told.
    `link_required`: there is an account with this address; whoever signs in to it links
    the identity by its ticket.
    """

    status: Literal["registration_required", "link_required"]
    ticket: str = Field(description=TICKET_HELP)
    provider: WaitsForProvider
    email: str | None
    missing: list[str] = Field(description=MISSING)


@dataclass(frozen=True)
class Ticket:
    """A token of an identity that waits, and what it is bound to, if that is known."""

    token: str
    browser: str | None
    in_browser: bool


def here_for(*, in_cookies: bool) -> Here:
    """Return where an identity can wait: this browser, or whoever holds its ticket."""
    browser = away_token() if in_cookies else new_token()
    return Here(browser, HOME, new_token())


def waits_answer(waits: Waits, here: Here, *, in_cookies: bool) -> Response:
    """Answer what an identity waits for, with the ticket that goes on with it."""
    opened = find_registration(waits.token, browser=here.browser)
    links = waits.wanted is not WaitsFor.FIELDS
    bound = "" if in_cookies else f"{BETWEEN}{here.browser}"
    answer = IdentityWaits(
        status="link_required" if links else "registration_required",
        ticket=waits.token + bound,
        provider=WaitsForProvider(id=waits.provider.id, name=waits.provider.name),
        email=opened.held.identity.email if opened else None,
        missing=[] if links or opened is None else list(opened.missing),
    )
    response = reply(answer)
    return keep_provider(response, here.browser) if in_cookies else response


def read_ticket(ticket: str) -> Ticket:
    """Return what a ticket says; one of a browser needs its cookie besides."""
    token, _, carried = ticket.partition(BETWEEN)
    return Ticket(token, carried or provider_token(), in_browser=not carried)
