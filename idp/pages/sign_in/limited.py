"""The answer to who tried too often: 429, on the page itself, with what was typed."""

from http import HTTPStatus

from flask import Response
from flask_babel import gettext

from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.web.problems import words_for


def limited(page: Response, *, retry_after_seconds: int) -> Response:
    """Return a page as the answer to one try too many (RFC 6585 §4)."""
    page.status_code = HTTPStatus.TOO_MANY_REQUESTS
    page.headers["Retry-After"] = str(retry_after_seconds)
    return page


def unchecked(retry_after_seconds: int) -> str:
    """Say what helps who sent many forms without the answer to a challenge."""
    words: str = gettext(
        "We couldn’t check that you’re not a robot. Turn on JavaScript and try again, "
        "or wait %(time)s.",
        time=words_for(retry_after_seconds),
    )
    return words


def too_many(retry_after_seconds: int) -> str:
    """Say how long to wait."""
    words: str = gettext(
        "Too many tries. Wait %(time)s.", time=words_for(retry_after_seconds)
    )
    return words


def away(page: Response, refusal: DirectoryAway) -> Response:
    """Return a page as the answer to who typed a password that nobody judges now."""
    page.status_code = refusal.status
    page.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return page
