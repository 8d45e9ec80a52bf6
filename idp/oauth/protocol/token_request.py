"""A request to an endpoint where clients authenticate, read strictly (RFC 6749 §3.2).

Authlib would take parameters from the query string and the first of repeated ones
(architecture.md §9). A parameter without a value counts as not sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from idp.core.text import is_line
from idp.oauth.protocol.machine import MachineRequest
from idp.oauth.protocol.refusals import invalid_request

FORM = "application/x-www-form-urlencoded"
REPEATABLE = frozenset({"resource"})  # RFC 8707 §2
MAX_VALUE = 8192
MAX_SHOWN = 64  # a longer name is none of ours


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The parameters that were sent with a value, and what else speaks for the client.

    ``resources`` holds the values of ``resource``, which may be repeated.
    ``authorization`` is the header of that name, ``ip`` where the request came from.
    ``sender`` is what the tokens are to be bound to, as their ``cnf`` claim says it
    (RFC 7800 §3.1); None for bearer tokens.
    """

    method: str
    values: Mapping[str, str]
    resources: tuple[str, ...] = ()
    authorization: str | None = None
    ip: str | None = None
    sender: Mapping[str, str] | None = None

    def get(self, name: str) -> str | None:
        """Return a value, or None when it was not sent or is empty."""
        return self.values.get(name)


def read_token_request(request: MachineRequest) -> TokenRequest:
    """Return what a form says; raise OAuthRefusal for what is ambiguous in it.

    A body without content needs no type: where nothing is needed, nothing may be sent.
    """
    if request.query:
        raise invalid_request(
            "Parameters belong in the request body, not in the query string."
        )
    pairs = _read_form(request)
    return TokenRequest(
        request.method,
        _single_values(pairs),
        resources=tuple(v for n, v in pairs if n == "resource" and v),
        authorization=request.headers.get("authorization"),
        ip=request.ip,
    )


def _read_form(request: MachineRequest) -> list[tuple[str, str]]:
    """Return the parameters of a form body in order."""
    if request.media_type != FORM and (request.media_type or request.body):
        raise invalid_request(f"Send the parameters as {FORM}.")
    try:
        body = request.body.decode()
        return parse_qsl(body, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise invalid_request("The parameters are not UTF-8 text.") from None


def _single_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what was sent with a value; OAuthRefusal names what is wrong."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values and name not in REPEATABLE:
            raise invalid_request(f"{_shown(name)} was sent more than once.")
        too_long = len(name) > MAX_VALUE or len(value) > MAX_VALUE
        if too_long or not is_line(name + value):
            raise invalid_request(
                f"{_shown(name)} is too long or holds control characters."
            )
        values.setdefault(name, value)
    return {name: value for name, value in values.items() if value}


def _shown(name: str) -> str:
    """Return a parameter's name if it may stand in an error description (§5.2)."""
    plain = name.isascii() and name.isidentifier() and len(name) <= MAX_SHOWN
    return name if plain else "A parameter"
