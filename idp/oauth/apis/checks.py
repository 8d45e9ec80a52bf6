"""What can be wrong with the declaration of an API, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.core.errors import FieldError
from idp.core.text import name_flaw, worded
from idp.oauth.apis.builtin import is_reserved, is_reserved_scope
from idp.oauth.apis.view import ACCESS_TOKEN_ALGS
from idp.oauth.protocol import scopes
from idp.oauth.protocol.resources import is_resource

CODE = "invalid_api"
MAX_IDENTIFIER = 1024
MAX_TEXT = 255
MAX_SCOPES = 100
MIN_SECONDS, MAX_SECONDS = 60, 10 * 365 * 24 * 3600


def wrong_identifier(value: Any) -> Iterator[FieldError]:
    """Yield why this cannot be the resource of an API (RFC 8707 §2)."""
    if not isinstance(value, str) or not is_resource(value):
        yield _error("identifier", worded("must be an absolute URI without a fragment"))
    elif len(value) > MAX_IDENTIFIER:
        yield _error("identifier", _longer(MAX_IDENTIFIER))
    elif is_reserved(value):
        yield _error("identifier", worded("belongs to this server itself"))


def wrong_name(value: Any) -> Iterator[FieldError]:
    """Yield why users cannot be shown this as a name."""
    if not _is_line(value):
        yield _error(
            "name", worded("must be a line of 1 to %(most)s characters", most=MAX_TEXT)
        )


def wrong_signing_alg(value: Any) -> Iterator[FieldError]:
    """Yield why access tokens cannot be signed so."""
    if value is not None and value not in ACCESS_TOKEN_ALGS:
        known = ", ".join(ACCESS_TOKEN_ALGS)
        yield _error("signing_alg", worded("must be one of %(known)s", known=known))


def wrong_seconds(value: Any) -> Iterator[FieldError]:
    """Yield why access tokens cannot live that long."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and MIN_SECONDS <= value <= MAX_SECONDS):
        hint = worded(
            "must be a number of seconds, %(least)s to %(most)s",
            least=MIN_SECONDS,
            most=MAX_SECONDS,
        )
        yield _error("access_token_seconds", hint)


def wrong_scopes(value: Any) -> Iterator[FieldError]:
    """Yield what is wrong with scope values and their descriptions."""
    if not isinstance(value, Mapping) or len(value) > MAX_SCOPES:
        yield _error(
            "scopes", worded("must be at most %(most)s scopes", most=MAX_SCOPES)
        )
        return
    for name, description in value.items():
        problem = _scope_problem(name) or _description_problem(description)
        if problem:
            said = {"value": repr(name), "problem": problem}
            yield _error("scopes", worded("%(value)s %(problem)s", **said))


def _scope_problem(name: Any) -> str | None:
    """Return why this cannot be a scope value of an API."""
    if not isinstance(name, str) or not scopes.TOKEN.fullmatch(name):
        return worded("is no scope value (RFC 6749 §3.3)")
    if len(name) > MAX_TEXT:
        return _longer(MAX_TEXT)
    return (
        worded("means something at this server itself")
        if is_reserved_scope(name)
        else None
    )


def _description_problem(description: Any) -> str | None:
    """Return why this cannot say what a scope value means."""
    if not isinstance(description, Mapping):
        return worded("needs its description as text by language")
    good = all(isinstance(tag, str) and tag for tag in description)
    if not good or not all(map(_is_line, description.values())):
        return worded(
            "needs descriptions of 1 to %(most)s characters, by language", most=MAX_TEXT
        )
    return None


def _is_line(value: Any) -> bool:
    """Tell whether this is a line of text to show."""
    return (
        isinstance(value, str) and len(value) <= MAX_TEXT and name_flaw(value) is None
    )


def _longer(most: int) -> str:
    """Say that a text is too long."""
    return worded("is longer than %(most)s characters", most=most)


def _error(name: str, message: str) -> FieldError:
    """Return the error of one field."""
    return FieldError(name, CODE, message)
