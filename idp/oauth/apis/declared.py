"""APIs declared in a file (``--seed``): made so at every start."""

from collections.abc import Mapping
from typing import Any

from idp.core.errors import FieldError
from idp.oauth.apis.registry import (
    ApiDeclaration,
    InvalidApi,
    change_api,
    create_api,
    find_api,
)
from idp.oauth.apis.view import DEFAULT_LANGUAGE

MEMBERS = frozenset(
    {"identifier", "name", "signing_alg", "access_token_seconds", "scopes"}
)
SCOPE_MEMBERS = frozenset({"name", "description"})


def apply_api(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared API so; again it changes nothing. Raises InvalidApi."""
    unknown = sorted(declared.keys() - MEMBERS)
    if unknown:
        raise _refusal(unknown[0], "not supported")
    identifier = declared.get("identifier")
    if not isinstance(identifier, str):
        raise _refusal("identifier", "must be given")
    wanted = ApiDeclaration(
        name=declared.get("name", identifier),
        signing_alg=declared.get("signing_alg"),
        access_token_seconds=declared.get("access_token_seconds"),
        scopes=read_scopes(declared.get("scopes", [])),
    )
    api = find_api(identifier)
    if api is None:
        create_api(identifier, wanted)
    else:
        change_api(api, wanted)
    return []


def read_scopes(value: object) -> dict[str, dict[str, str]]:
    """Return scopes declared as a list of ``{name, description}``.

    A description is text, or text by language tag; it may be left out. Raises
    InvalidApi.
    """
    if not isinstance(value, list):
        raise _refusal("scopes", "must be a list of {name, description}")
    read: dict[str, dict[str, str]] = {}
    for item in value:
        name, description = _read_scope(item)
        if name in read:
            raise _refusal("scopes", f"{name!r} is declared twice")
        read[name] = description
    return read


def _read_scope(item: object) -> tuple[str, dict[str, str]]:
    """Read one scope: a name alone, or with its description."""
    if isinstance(item, str):
        return item, {}
    if not isinstance(item, Mapping) or item.keys() - SCOPE_MEMBERS:
        raise _refusal("scopes", "must be a list of {name, description}")
    name, description = item.get("name"), item.get("description", {})
    if not isinstance(name, str):
        raise _refusal("scopes", "needs a name for each")
    if isinstance(description, str):
        return name, {DEFAULT_LANGUAGE: description}
    return name, description


def _refusal(name: str, message: str) -> InvalidApi:
    """Return the error of one member."""
    return InvalidApi([FieldError(name, InvalidApi.code, message)])
