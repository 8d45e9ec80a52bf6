"""What a browser did a moment ago, in the address of the page that says so.

Nothing is stored: the address holds a MAC that is bound to the browser's cookie, so
the page says it in no other browser, and not for long.
"""

from enum import StrEnum

from flask import request

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.sealing import Keyring
from idp.web.browser.cookies import browser_digests

PURPOSE = "receipt"
SECONDS = 600


class Deed(StrEnum):
    """What can be done, by the name of the parameter that holds the receipt."""

    PASSWORD_RESET = "reset"  # noqa: S105 - a name
    EMAIL_CONFIRMED = "confirmed"


def receipt_for(deed: Deed) -> dict[str, str]:
    """Return the query by which a page says what this browser has just done."""
    until, (browser, *_) = str(unix(utcnow()) + SECONDS), [*browser_digests(), ""]
    mac = current(Keyring).mac(PURPOSE, _signed_part(deed, browser, until=until))
    return {deed.value: f"{until}.{mac}"}


def was_done(deed: Deed) -> bool:
    """Tell whether the address shows that this browser did it, SECONDS ago at most."""
    until, _, mac = request.args.get(deed, "").partition(".")
    genuine = any(
        current(Keyring).genuine(
            PURPOSE, _signed_part(deed, browser, until=until), presented=mac
        )
        for browser in browser_digests()
    )
    return genuine and int(until) > unix(utcnow())


def _signed_part(deed: Deed, browser: str, *, until: str) -> str:
    """Return what the MAC of a receipt covers."""
    return f"{deed} {browser} {until}"
