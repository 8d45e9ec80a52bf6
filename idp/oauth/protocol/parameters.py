"""The parameters of an authorization request as they arrive (RFC 6749 §3.1)."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from idp.oauth.protocol.errors import NonRedirectableError

USUAL_LENGTH = 2048
USUAL = (
    *("client_id", "redirect_uri", "response_type", "response_mode", "scope"),
    *("code_challenge", "code_challenge_method", "resource", "request_uri"),
    *("nonce", "prompt", "max_age", "login_hint", "display", "acr_values"),
    *("ui_locales", "claims_locales", "interaction"),
)
LENGTHS = {
    **dict.fromkeys(USUAL, USUAL_LENGTH),
    "state": 4096,
    "id_token_hint": 8192,
    "claims": 8192,
    "request": 16384,
    "registration": 16384,
}


@dataclass(frozen=True)
class Parameters:
    """What a request said: known names with their values, empty ones left out.

    ``repeated`` names what came more than once although only ``resource`` may
    (RFC 6749 §3.1, RFC 8707 §2); of those ``values`` holds nothing.
    """

    values: dict[str, str]
    resource: tuple[str, ...] = ()
    repeated: frozenset[str] = field(default=frozenset())

    def get(self, name: str) -> str | None:
        """Return a value, or None when it was left out, empty or repeated."""
        return self.values.get(name)

    def as_json(self) -> dict[str, Any]:
        """Return what ``restore_parameters`` takes."""
        return {**self.values, "resource": list(self.resource)}


def restore_parameters(stored: dict[str, Any]) -> Parameters:
    """Return the parameters that ``as_json`` gave away."""
    values = dict(stored)
    resource = tuple(values.pop("resource", ()))
    return Parameters(values=values, resource=resource)


def parse_parameters(encoded: bytes) -> Parameters:
    """Read a query string or form body.

    Unknown names are ignored unless they are repeated. Bytes that are not UTF-8 stay in
    the text as surrogates, so that even a refusal gives ``state`` back unchanged. A
    value above its length raises NonRedirectableError.
    """
    values: dict[str, str] = {}
    resource: list[str] = []
    repeated: set[str] = set()
    for name, value in decode_pairs(encoded):
        if len(value) > LENGTHS.get(name, len(value)):
            raise NonRedirectableError("parameter_too_long", findings=(name,))
        if name == "resource":
            resource.append(value)
        elif name in values:
            repeated.add(name)
        else:
            values[name] = value
    return Parameters(
        values={
            name: value
            for name, value in values.items()
            if value and name in LENGTHS and name not in repeated
        },
        resource=tuple(filter(None, resource)),
        repeated=frozenset(repeated),
    )


def decode_pairs(encoded: bytes) -> list[tuple[str, str]]:
    """Return names and values in order, as the form encoding has them."""
    return parse_qsl(
        encoded.decode("utf-8", "surrogateescape"),
        keep_blank_values=True,
        errors="surrogateescape",
    )
