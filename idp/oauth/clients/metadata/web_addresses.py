"""Web addresses in client metadata as people type and paste them (pure; RFC 3987).

What is beyond ASCII becomes what browsers make of it; what is ASCII stays as it is.
"""

from typing import Any

from idp.accounts.profile.web_addresses import (
    MAX_LENGTH,
    AddressFlaw,
    UnfitAddress,
    canonical_address,
)
from idp.core.text import worded

HTTPS, WEB = ("https",), ("https", "http")
FLAWS = {
    AddressFlaw.TOO_LONG: worded("is longer than %(most)s characters", most=MAX_LENGTH),
    AddressFlaw.SIGNS: worded(
        "holds a space, a line break or a sign that no address has: percent-encode it"
    ),
    AddressFlaw.NO_SCHEME: worded(
        "has no scheme: write it in full, like https://app.example/terms"
    ),
    AddressFlaw.NOT_HTTPS: worded("must begin with https://"),
    AddressFlaw.USER: worded(
        "holds a user name or password: drop the part before the @"
    ),
    AddressFlaw.HOST: worded(
        "has no valid host name: write it like https://app.example/terms"
    ),
    AddressFlaw.PORT: worded("has a port that there is not: 1 to 65535 are"),
}


def in_ascii(value: Any) -> Any:
    """Return a web address in ASCII; what is none is left for the check to refuse."""
    try:
        return canonical_address(value, schemes=WEB)
    except (UnfitAddress, TypeError, AttributeError):
        return value


def each_in_ascii(value: Any) -> Any:
    """Return a list of addresses in ASCII; what is ASCII already stays as it is."""
    if not isinstance(value, list):
        return value
    return [_if_beyond(item) for item in value]


def flaw_of(uri: str, *, schemes: tuple[str, ...] = HTTPS) -> str | None:
    """Return what is wrong with a web address, None if nothing is."""
    try:
        canonical_address(uri, schemes=schemes)
    except UnfitAddress as unfit:
        return FLAWS[unfit.flaw]
    return None


def _if_beyond(item: Any) -> Any:
    """Return one of a list."""
    beyond = isinstance(item, str) and not item.isascii()
    return in_ascii(item) if beyond else item
