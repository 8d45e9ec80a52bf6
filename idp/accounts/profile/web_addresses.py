"""Web addresses as people type and paste them (RFC 3986, RFC 3987 §3.1; pure)."""

import re
from enum import StrEnum
from unicodedata import normalize
from urllib.parse import quote, urlsplit, urlunsplit

from idp.core.text import without_ignorable
from idp.mail.address_syntax import ascii_domain

MAX_LENGTH = 2048
NOT_IN_ADDRESSES = frozenset(' "<>\\`{}|^')
ASCII = "".join(map(chr, range(0x21, 0x7F)))  # what is encoded already stays so
HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?", re.IGNORECASE)
NUMBERED = re.compile(r"\[[0-9a-f:.]+\]", re.IGNORECASE)


PORT = re.compile(r"[0-9]{1,5}")
MAX_PORT = 65535


class AddressFlaw(StrEnum):
    """Why text is no web address that is taken."""

    TOO_LONG = "too_long"
    SIGNS = "signs"  # a space, a line's end, or one that stands in no address
    NO_SCHEME = "no_scheme"
    NOT_HTTPS = "not_https"
    USER = "user"
    HOST = "host"
    PORT = "port"


class UnfitAddress(Exception):
    """Text that is no web address that is taken, and why."""

    def __init__(self, flaw: AddressFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def canonical_address(typed: str, *, schemes: tuple[str, ...] = ("https",)) -> str:
    """Return an address of one of the schemes in ASCII; raises UnfitAddress.

    A host beyond ASCII becomes A-labels (UTS 46), the rest is percent-encoded; what is
    ASCII stays as it was typed. It is never fetched here.
    """
    text = normalize("NFC", without_ignorable(typed))
    if len(text) > MAX_LENGTH:
        raise UnfitAddress(AddressFlaw.TOO_LONG)
    if not text.isprintable() or not NOT_IN_ADDRESSES.isdisjoint(text):
        raise UnfitAddress(AddressFlaw.SIGNS)
    scheme, _, rest = text.partition(":")
    if not rest.startswith("//"):
        raise UnfitAddress(AddressFlaw.NO_SCHEME)
    if scheme.lower() not in schemes:
        raise UnfitAddress(AddressFlaw.NOT_HTTPS)
    address = _in_ascii(text)
    if len(address) > MAX_LENGTH:
        raise UnfitAddress(AddressFlaw.TOO_LONG)
    return address


def _in_ascii(text: str) -> str:
    """Return an address whose host, path, query and fragment are ASCII."""
    try:
        parts = urlsplit(text)
        host, port = _host_and_port(parts.netloc)
        host = host if host.isascii() else ascii_domain(host)
    except ValueError as error:
        raise UnfitAddress(AddressFlaw.HOST) from error
    if not HOST.fullmatch(host) and not NUMBERED.fullmatch(host):
        raise UnfitAddress(AddressFlaw.HOST)
    if text.isascii():
        return text
    rest = (quote(part, safe=ASCII) for part in parts[2:])
    return urlunsplit((parts.scheme, host + port, *rest))


def _host_and_port(netloc: str) -> tuple[str, str]:
    """Return a host, and its port with the colon before it, if there is one."""
    if "@" in netloc:
        raise UnfitAddress(AddressFlaw.USER)
    host, colon, port = netloc.rpartition(":")
    if not colon or port.endswith("]"):
        return netloc, ""
    if not PORT.fullmatch(port) or not 0 < int(port) <= MAX_PORT:
        raise UnfitAddress(AddressFlaw.PORT)
    return host, f":{port}"
