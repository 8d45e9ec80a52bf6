"""Parameters as they arrive: one reader, and a table of what each endpoint knows.

Empty ones count as not sent (RFC 6749 §3.1, §3.2). What is wrong is noted, not refused:
each endpoint has its own way to refuse.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

from idp.core.text import is_line, is_storable

FORM = "application/x-www-form-urlencoded"
USUAL_LENGTH = 2048
LONGEST = 8192


@dataclass(frozen=True)
class Parameter:
    """One that an endpoint knows: how long it may be, whether it may come again.

    One that changes nothing is not ``kept`` while a request waits.
    """

    name: str
    max_length: int = USUAL_LENGTH
    repeatable: bool = False
    kept: bool = True


class Others(Enum):
    """How far parameters that an endpoint does not know are looked at."""

    IGNORED = "ignored"
    SENT_ONCE = "sent once"
    CHECKED = "checked"


@dataclass(frozen=True)
class ParameterTable:
    """What an endpoint knows; ``is_text`` tells what values may be made of."""

    known: Mapping[str, Parameter]
    is_text: Callable[[str], bool]
    others: Others

    @classmethod
    def of(
        cls,
        rows: Iterable[Parameter],
        *,
        is_text: Callable[[str], bool],
        others: Others,
    ) -> "ParameterTable":
        """Return the table of these rows."""
        return cls({row.name: row for row in rows}, is_text, others)


TRIED_BY = "tried_by"  # beside the parameters where they are stored; known to no table

RESOURCE = Parameter("resource", repeatable=True)  # RFC 8707 §2

AUTHORIZATION = ParameterTable.of(
    (
        *map(Parameter, ("client_id", "redirect_uri", "response_type", "scope")),
        *map(Parameter, ("response_mode", "code_challenge", "code_challenge_method")),
        *map(Parameter, ("nonce", "prompt", "max_age", "login_hint")),
        *map(Parameter, ("acr_values", "ui_locales", "connection", "organization")),
        *(
            Parameter(name, kept=False)
            for name in ("display", "claims_locales", "interaction")
        ),
        *map(Parameter, ("request_uri",)),
        Parameter("state", 4096),
        Parameter("id_token_hint", LONGEST),
        Parameter("claims", LONGEST),
        Parameter("request", 16384),
        Parameter("registration", 16384),
        RESOURCE,
    ),
    is_text=is_storable,
    others=Others.SENT_ONCE,
)
LOGOUT = ParameterTable.of(
    (
        *map(Parameter, ("client_id", "post_logout_redirect_uri")),
        *map(Parameter, ("logout_hint", "ui_locales")),
        Parameter("state", 4096),
        Parameter("id_token_hint", LONGEST),
    ),
    is_text=is_storable,
    others=Others.IGNORED,
)
_CLIENT_SENDS = (
    *("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token"),
    *("device_code", "scope", "token", "token_type_hint", "client_id"),
    *("client_secret", "client_assertion", "client_assertion_type"),
)
# Of the endpoints where clients authenticate: token, device authorization, revocation,
# introspection.
CLIENT_REQUEST = ParameterTable.of(
    (
        *(Parameter(name, LONGEST) for name in _CLIENT_SENDS),
        Parameter("resource", LONGEST, repeatable=True),
    ),
    is_text=is_line,
    others=Others.CHECKED,
)


class Fault(Enum):
    """What may be wrong with a parameter, whatever it means."""

    REPEATED = "repeated"
    TOO_LONG = "too_long"
    GARBLED = "garbled"


@dataclass(frozen=True)
class Parameters:
    """What a request said: known names with their values, empty ones left out.

    ``resource`` may come more than once. ``faults`` names what is wrong, in order; of
    what came twice or is too long, ``values`` holds nothing. ``tried_by`` is a user who
    tries a client on its page (``oauth.trials``): nothing that was sent sets it.
    """

    values: Mapping[str, str]
    resource: tuple[str, ...] = ()
    faults: tuple[tuple[Fault, str], ...] = ()
    tried_by: str | None = None

    def get(self, name: str) -> str | None:
        """Return a value, or None when it was left out, empty or refused."""
        return self.values.get(name)

    def names_with(self, fault: Fault) -> list[str]:
        """Return what has this fault."""
        return [name for found, name in self.faults if found is fault]

    def as_json(self) -> dict[str, Any]:
        """Return what ``restore_parameters`` takes."""
        kept = {
            name: value
            for name, value in self.values.items()
            if AUTHORIZATION.known[name].kept
        }
        tried = {} if self.tried_by is None else {TRIED_BY: self.tried_by}
        return {**kept, "resource": list(self.resource), **tried}


def restore_parameters(stored: dict[str, Any]) -> Parameters:
    """Return the parameters that ``as_json`` gave away."""
    values = dict(stored)
    resource = tuple(values.pop("resource", ()))
    return Parameters(values, resource, tried_by=values.pop(TRIED_BY, None))


def read_parameters(encoded: bytes, table: ParameterTable) -> Parameters:
    """Read a query string or form body.

    Bytes that are not UTF-8 stay in the text as surrogates, so that even a refusal
    gives ``state`` back unchanged.
    """
    values: dict[str, str] = {}
    resource: list[str] = []
    faults: list[tuple[Fault, str]] = []
    for name, value in decode_pairs(encoded):
        row = table.known.get(name)
        if row is None and table.others is Others.IGNORED:
            continue
        if name in values and not (row and row.repeatable):
            faults.append((Fault.REPEATED, name))
            continue
        fault = _fault_of(name, value, row=row, table=table)
        if fault:
            faults.append((fault, name))
        if row and row.repeatable and value:
            resource.append(value)
        values[name] = value
    lost = {name for fault, name in faults if fault is not Fault.GARBLED}
    kept = {
        name: value
        for name, value in values.items()
        if value and name in table.known and name not in lost and name != RESOURCE.name
    }
    return Parameters(kept, tuple(resource), tuple(faults))


def decode_pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Return names and values in order, as the form encoding has them."""
    return parse_qsl(
        encoded.decode("utf-8", "surrogateescape"),
        keep_blank_values=True,
        errors="surrogateescape",
    )


def _fault_of(
    name: str, value: str, *, row: Parameter | None, table: ParameterTable
) -> Fault | None:
    """Return what is wrong with one value."""
    if row is not None:
        longest, text = row.max_length, value
    elif table.others is Others.CHECKED:
        longest, text = LONGEST, name + value
    else:
        return None
    if len(text) > longest:
        return Fault.TOO_LONG
    return None if table.is_text(text) else Fault.GARBLED
