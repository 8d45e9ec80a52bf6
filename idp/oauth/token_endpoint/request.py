"""A request to a machine endpoint, read strictly before Authlib sees it.

Authlib would take parameters from the query string and the first of repeated ones
(architecture.md §9). A parameter without a value counts as not sent (RFC 6749 §3.2).
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import Request

FORM = "application/x-www-form-urlencoded"
REPEATABLE = frozenset({"resource"})  # RFC 8707 §2
MAX_VALUE = 8192
# Authlib refuses plain http by the URL it is given. Whether http is allowed is decided
# at start (production refuses such an issuer), and TLS may end at a proxy before us.
SECURE_TRANSPORT = "https://token.invalid/"


class TokenRequest(OAuth2Request):
    """Authlib's request over our own reading of the form.

    ``resources`` holds the values of ``resource``, which may be repeated.
    """

    def __init__(self, incoming: Request) -> None:
        super().__init__(incoming.method, SECURE_TRANSPORT)
        self.headers = incoming.headers  # given to Authlib, they would be counted first
        pairs = _read_form(incoming)
        self._values = _single_values(pairs)
        self.payload = BasicOAuth2Payload(self._values)
        self.resources = tuple(v for n, v in pairs if n == "resource" and v)

    @property
    def form(self) -> dict[str, str]:
        """Return the parameters that were sent with a value."""
        return self._values


def clean(value: str) -> bool:
    """Tell whether ``value`` is free of control characters, which no database takes."""
    return value.isprintable() or not any(c < " " or c == "\x7f" for c in value)


def _read_form(incoming: Request) -> list[tuple[str, str]]:
    """Return the parameters of a form body in order.

    Werkzeug's form, made for any kind of body, costs several times as much. A body
    without content needs no type: where nothing is required, nothing may be sent.
    """
    if incoming.query_string:
        raise InvalidRequestError(
            "Parameters belong in the request body, not in the query string."
        )
    body = incoming.get_data(cache=False)
    if incoming.mimetype != FORM and (incoming.mimetype or body):
        raise InvalidRequestError(f"Send the parameters as {FORM}.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise InvalidRequestError("The parameters are not UTF-8 text.") from None


def _single_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what was sent with a value; InvalidRequestError names what is wrong."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values and name not in REPEATABLE:
            raise InvalidRequestError(f"{_shown(name)} was sent more than once.")
        if len(name) > MAX_VALUE or len(value) > MAX_VALUE or not clean(name + value):
            raise InvalidRequestError(
                f"{_shown(name)} is too long or holds control characters."
            )
        values.setdefault(name, value)
    return {name: value for name, value in values.items() if value}


def _shown(name: str) -> str:
    """Return a parameter's name if it may stand in an error description (§5.2)."""
    plain = name.isascii() and name.isidentifier() and len(name) <= 64  # noqa: PLR2004 - longer ones are not ours
    return name if plain else "A parameter"
