"""A request to a machine endpoint, read strictly before Authlib sees it.

Authlib would take parameters from the query string and the first of repeated ones
(architecture.md §9). A parameter without a value counts as not sent (RFC 6749 §3.2).
"""

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
        super().__init__(incoming.method, SECURE_TRANSPORT, headers=incoming.headers)
        self._values = read_form(incoming)
        self.payload = BasicOAuth2Payload(self._values)
        self.resources = tuple(filter(None, incoming.form.getlist("resource")))

    @property
    def form(self) -> dict[str, str]:
        """Return the parameters that were sent with a value."""
        return self._values


def read_form(incoming: Request) -> dict[str, str]:
    """Return the parameters of a form body; InvalidRequestError names what is wrong."""
    if incoming.query_string:
        raise InvalidRequestError(
            "Parameters belong in the request body, not in the query string."
        )
    if incoming.mimetype != FORM:
        raise InvalidRequestError(f"Send the parameters as {FORM}.")
    values: dict[str, str] = {}
    for name, given in incoming.form.lists():
        if len(given) > 1 and name not in REPEATABLE:
            raise InvalidRequestError(f"{shown(name)} was sent more than once.")
        if any(len(v) > MAX_VALUE or not clean(v) for v in (name, *given)):
            raise InvalidRequestError(
                f"{shown(name)} is too long or holds control characters."
            )
        if given[0]:
            values[name] = given[0]
    return values


def clean(value: str) -> bool:
    """Tell whether ``value`` is free of control characters, which no database takes.

    Bytes that are no UTF-8 arrive percent-encoded again, so they match nothing.
    """
    return value.isprintable() or not any(c < " " or c == "\x7f" for c in value)


def shown(name: str) -> str:
    """Return a parameter's name if it may stand in an error description (§5.2)."""
    plain = name.isascii() and name.isidentifier() and len(name) <= 64  # noqa: PLR2004 - longer ones are not ours
    return name if plain else "A parameter"
