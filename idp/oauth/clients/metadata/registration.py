"""Validation of client metadata (pure; RFC 7591 §2, OIDC Registration 1.0 §2).

Every mistake is collected, so one answer shows them all, and each message says what
would be right. Language-tagged names (``client_name#de``) are accepted and not kept.
"""

import difflib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from idp.core.errors import FieldError, IdpError
from idp.core.text import worded
from idp.oauth.clients.metadata.members import INVALID_METADATA, KNOWN, MEMBERS


class InvalidClientMetadata(IdpError):
    """Metadata that no client can be registered with; ``errors`` has each mistake.

    The code of an error is the one of RFC 7591 §3.2.2: ``invalid_redirect_uri`` or
    ``invalid_client_metadata``.
    """

    code = INVALID_METADATA
    status = HTTPStatus.BAD_REQUEST
    title = "The client cannot be registered."

    def __str__(self) -> str:
        return "\n".join(f"{error.field}: {error.message}" for error in self.errors)


def validate(metadata: Mapping[str, Any], *, issuer: str) -> dict[str, Any]:
    """Return the metadata to keep, every default filled in.

    Raises InvalidClientMetadata. Members that are not ours to understand are left out
    (RFC 7591 §2); ``unknown_members`` finds them for callers who mean to be strict.
    """
    given = _cleaned(metadata)
    errors = list(_wrong_values(given))
    if errors:
        raise InvalidClientMetadata(errors)
    values = with_defaults(given)
    errors = list(_disagreements(values, issuer=issuer))
    if errors:
        raise InvalidClientMetadata(errors)
    return values


def unknown_members(
    metadata: Mapping[str, Any], *, also: frozenset[str] = frozenset()
) -> list[FieldError]:
    """Return the error of each name that means nothing here."""
    known = KNOWN | also
    return [
        FieldError(name, INVALID_METADATA, _unsupported(name, known))
        for name in metadata
        if name.partition("#")[0] not in known
    ]


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known members with the defaults of RFC 7591 §2 and OIDC §2."""
    values: dict[str, Any] = {}
    for member in MEMBERS:
        if member.name in given:
            values[member.name] = given[member.name]
        elif member.default is not None:
            values[member.name] = member.default(values)
    return values


def _cleaned(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that have a value, as they are kept."""
    given = {name: value for name, value in metadata.items() if value is not None}
    for member in MEMBERS:
        if member.clean is not None and member.name in given:
            given[member.name] = member.clean(given[member.name])
    return given


def _wrong_values(given: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yield which members are not of their type or not one of their values."""
    for member in MEMBERS:
        problem = member.check(given[member.name]) if member.name in given else None
        if problem:
            yield FieldError(member.name, member.code, problem)


def _disagreements(values: Mapping[str, Any], *, issuer: str) -> Iterator[FieldError]:
    """Yield which members do not agree with the others."""
    for member in MEMBERS:
        if member.agrees is not None:
            for problem in member.agrees(values, issuer):
                yield FieldError(member.name, member.code, problem)


def _unsupported(name: str, known: frozenset[str]) -> str:
    """Say that a name means nothing here, and which close one does."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if not close:
        return worded("not supported")
    return worded("not supported; did you mean %(name)s?", name=close[0])
