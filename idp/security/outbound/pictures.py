"""Pictures that others name by their address: fetched once, and served from here."""

from http import HTTPStatus

from idp.core.pictures.bitmaps import PictureRefused, picture_refusal
from idp.core.pictures.logos import Logo, read_logo
from idp.core.text import worded
from idp.security import audit
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound

ACCEPT = "image/webp, image/png, image/jpeg, image/svg+xml"


def fetch_logo(uri: str, *, outbound: Outbound) -> Logo:
    """Return the logo that lies at an address.

    Call it before the first write: it takes three seconds at most. Raises
    PictureRefused with what to do; a redirect is not followed.
    """
    answer = outbound.get(uri, accept=ACCEPT)
    if isinstance(answer, Blocked):
        audit.note("ssrf.blocked", outcome="refused", host=answer.host)
    if not isinstance(answer, Fetched) or answer.status != HTTPStatus.OK:
        raise _refusal_of(answer)
    return read_logo(answer.body)


def _refusal_of(answer: Fetched | Blocked | Failed) -> PictureRefused:
    """Return why there is no picture."""
    if isinstance(answer, Blocked):
        return picture_refusal(
            worded("A logo is fetched from here: its address must be public, by https.")
        )
    if isinstance(answer, Failed):
        if answer.reason == "too_large":
            return picture_refusal(
                worded("The logo is larger than 256 KB: export it smaller.")
            )
        return picture_refusal(
            worded("The logo could not be fetched from there: try again, or upload it.")
        )
    if "location" in answer.headers:
        return picture_refusal(
            worded("The logo lies elsewhere: give the address that this one leads to.")
        )
    return picture_refusal(
        worded(
            "The logo could not be fetched: its server answered %(status)s.",
            status=answer.status,
        )
    )
