"""Providers declared in a file (``--seed``): made so at every start."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from idp.accounts.access.permissions import OPERATOR
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.federation.ldap_members import ATTRIBUTES, KIND
from idp.federation.providers.cache import find_provider
from idp.federation.providers.errors import InvalidProvider
from idp.federation.providers.presets import OPENID, PRESETS, said_by, wrong_tenant
from idp.federation.providers.provider import ProviderDeclaration
from idp.federation.providers.registry import (
    change_provider,
    create_provider,
    switch_provider,
)

# Beside what is said of a provider: which one it is, what it is made of, its secret.
BESIDE = ("id", "tenant", "client_secret", "disabled")
OIDC = "oidc"
LISTS = ("scopes", "domains")
MAPS = ("claims", "groups", "roles", "organization_roles", "acr", "amr", "ldap")
FLAGS = (
    *("trust_email", "enforced", "allows_sign_up", "keeps_tokens", "signs_out"),
    "private_networks",
)
NUMBERS = ("position",)
MEMBERS = tuple(each.name for each in fields(ProviderDeclaration))
MAY_BE_NULL = frozenset(
    {each.name for each in fields(ProviderDeclaration) if each.default is None}
)


def apply_provider(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared provider so; again it changes nothing. Raises InvalidProvider.

    A secret is text, or ``{ env = "NAME" }`` or ``{ file = "PATH" }``.
    """
    provider_id = declared.get("id")
    if not isinstance(provider_id, str):
        raise _refused("id", worded("must be given"))
    secret = _secret_in(declared.get("client_secret"))
    disabled = declared.get("disabled", False)
    if not isinstance(disabled, bool):
        raise _refused("disabled", worded("must be true or false"))
    said = {name: value for name, value in declared.items() if name not in BESIDE}
    wanted = read_declaration(said, tenant=declared.get("tenant"))
    if find_provider(provider_id) is None:
        create_provider(provider_id, wanted, secret=secret, held=OPERATOR)
    else:
        change_provider(provider_id, wanted, secret=secret, held=OPERATOR)
    switch_provider(provider_id, off=disabled)
    return []


def read_declaration(
    said: Mapping[str, Any],
    *,
    tenant: str | None = None,
    present: Mapping[str, Any] | None = None,
) -> ProviderDeclaration:
    """Return what is said of a provider, with what its preset says of the rest.

    ``present`` is what holds already. Raises InvalidProvider for what is no member, or
    no value of its type.
    """
    errors = [
        FieldError(name, InvalidProvider.code, problem)
        for name, value in said.items()
        if (problem := _problem(name, value))
    ]
    errors += _unnamed_opening(said, present or said)
    preset = said.get("preset")
    known = isinstance(preset, str) and preset in PRESETS
    if tenant is not None and not (known and isinstance(tenant, str)):
        errors.append(
            FieldError("tenant", InvalidProvider.code, worded("is of Microsoft alone"))
        )
    elif known and present is None and "issuer" not in said:
        errors += wrong_tenant(str(preset), tenant)
    if errors:
        raise InvalidProvider(errors)
    base = said_by(str(preset), tenant=tenant) if known and present is None else {}
    whole: dict[str, Any] = {**base, **(present or {}), **said}
    whole.setdefault("name", "")
    if whole.get("kind") == KIND:
        whole["ldap"] = {**base.get("ldap", {}), **whole.get("ldap", {})}
        whole.setdefault("claims", ATTRIBUTES)
    elif whole.get("kind", OIDC) == OIDC:
        whole.setdefault("scopes", OPENID)
    for name in LISTS:
        whole[name] = tuple(whole.get(name, ()))
    return ProviderDeclaration(**whole)


def _unnamed_opening(
    said: Mapping[str, Any], present: Mapping[str, Any]
) -> Iterator[FieldError]:
    """Yield that a provider is let into private networks without saying which it is.

    Owners may have moved it since: it is the issuer that the operator knows who may.
    """
    opens = said.get("private_networks") and not present.get("private_networks")
    if opens and present.get("issuer") and "issuer" not in said:
        hint = worded("is said together with the issuer that it is for")
        yield FieldError("private_networks", InvalidProvider.code, hint)


def _problem(name: str, value: object) -> str | None:
    """Return why a member cannot be said so."""
    if name not in MEMBERS:
        return worded("not supported")
    fits, problem = next(
        (kind for names, kind in KINDS_OF_VALUES if name in names), A_TEXT
    )
    if fits(value) or (value is None and name in MAY_BE_NULL):
        return None
    return problem


def _is_list(value: object) -> bool:
    """Tell whether this is a list of texts."""
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)


def _is_text(value: object) -> bool:
    """Tell whether this is text."""
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    """Tell whether this is true or false."""
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    """Tell whether this is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_map(value: object) -> bool:
    """Tell whether this maps texts to texts."""
    return isinstance(value, Mapping) and all(
        isinstance(each, str) for pair in value.items() for each in pair
    )


def _refused(name: str, message: str) -> InvalidProvider:
    """Return the error of one member."""
    return InvalidProvider([FieldError(name, InvalidProvider.code, message)])


def _secret_in(value: object) -> str | None:
    """Return a secret, or what a reference to one leads to."""
    match value:
        case None | str():
            return value
        case {"env": str(name), **rest} if not rest:
            found = os.environ.get(name)
            if found is None:
                raise _refused("client_secret", f"there is no variable {name}")
            return found
        case {"file": str(path), **rest} if not rest:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                raise _refused("client_secret", f"{path} cannot be read") from error
    raise _refused("client_secret", 'must be text, { env = "…" } or { file = "…" }')


A_TEXT = (_is_text, worded("must be text"))
KINDS_OF_VALUES = (
    (LISTS, (_is_list, worded("must be a list of texts"))),
    (MAPS, (_is_map, worded("must be a table of texts"))),
    (FLAGS, (_is_flag, worded("must be true or false"))),
    (NUMBERS, (_is_number, worded("must be a whole number"))),
)
