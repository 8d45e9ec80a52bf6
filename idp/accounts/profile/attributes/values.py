"""Values of attributes: what is taken, and what is shown (pure)."""

import json
import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
    is_shown,
)
from idp.core.errors import FieldError

MAX_VALUE_BYTES = 8192
MAX_BYTES = 65536  # of all values of a user, as JSON
GREATEST = 2**53 - 1  # what every program can read (RFC 8259 §6)
FIELD = "attributes"
Values = Mapping[str, Any]
Definitions = Mapping[str, Definition]


class UnfitValue(Exception):
    """A value that an attribute does not take: which words say so."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word, self.values = word, values


def shown_values(definitions: Definitions, stored: Values | None) -> dict[str, Any]:
    """Return a user's values of what is defined by now."""
    held = stored or {}
    return {
        key: held[key]
        for key, definition in definitions.items()
        if key in held and _is_of_type(definition.type, held[key])
    }


def judged_values(
    sent: Values,
    *,
    definitions: Definitions,
    writable: Collection[Editor],
) -> tuple[dict[str, Any], list[FieldError]]:
    """Return what is to be stored by key, None for nothing any more, and mistakes."""
    taken: dict[str, Any] = {}
    errors = []
    for key, value in sent.items():
        definition = definitions.get(key)
        if definition is None:
            errors.append(_error(key, "unknown_field", word="profile.unknown_field"))
        elif definition.editable_by not in writable:
            errors.append(_error(key, "not_editable", word="attribute.not_editable"))
        else:
            try:
                taken[key] = _accepted(definition, value)
            except UnfitValue as unfit:
                errors.append(_error(key, "invalid", word=unfit.word, **unfit.values))
    return taken, errors


def missing_values(
    definitions: Iterable[Definition], values: Values
) -> list[FieldError]:
    """Return an error for each attribute that has no value."""
    return [
        _error(one.key, "required", word="profile.required")
        for one in definitions
        if values.get(one.key) is None
    ]


def size_problem(values: Values) -> FieldError | None:
    """Say that the values of a user are too long together, or None."""
    if len(json.dumps(dict(values), ensure_ascii=False).encode()) <= MAX_BYTES:
        return None
    return FieldError(
        FIELD, "too_long", word="attributes.too_long", values={"max": MAX_BYTES}
    )


def _text(_definition: Definition, value: object) -> str:
    """Return a line of text."""
    if not isinstance(value, str):
        raise UnfitValue("text.invalid_type")
    if len(value.encode(errors="replace")) > MAX_VALUE_BYTES:
        raise UnfitValue("attribute.too_long", max=MAX_VALUE_BYTES)
    if not is_shown(value, most=MAX_VALUE_BYTES):
        raise UnfitValue("text.invalid")
    return value


def _number(_definition: Definition, value: object) -> int | float:
    """Return a number that every program reads as the same."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitValue("attribute.number")
    if abs(value) > GREATEST or not math.isfinite(value):
        raise UnfitValue("attribute.number_too_great")
    return value


def _boolean(_definition: Definition, value: object) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise UnfitValue("attribute.boolean")
    return value


def _date(_definition: Definition, value: object) -> str:
    """Return a day like 2026-11-29; other spellings of ISO 8601 are none."""
    wrong = UnfitValue("attribute.date")
    if not isinstance(value, str):
        raise wrong
    try:
        day = date.fromisoformat(value).isoformat()
    except ValueError:
        raise wrong from None
    if day != value:
        raise wrong
    return day


def _choice(definition: Definition, value: object) -> str:
    """Return one of the choices."""
    if not isinstance(value, str) or value not in definition.choices:
        raise UnfitValue("attribute.choice", known=", ".join(definition.choices))
    return value


READERS = {
    AttributeType.TEXT: _text,
    AttributeType.NUMBER: _number,
    AttributeType.BOOLEAN: _boolean,
    AttributeType.DATE: _date,
    AttributeType.CHOICE: _choice,
}


def _accepted(definition: Definition, value: object) -> Any:
    """Return what is stored when ``value`` is sent, None for none; raises UnfitValue.

    Empty text is none, as in the fields of a profile.
    """
    if isinstance(value, str):
        value = value.strip() or None
    return (
        None
        if value is None
        else READERS[AttributeType(definition.type)](definition, value)
    )


def _is_of_type(kind: str, value: object) -> bool:
    """Tell whether a stored value is of a type: a key may have been another's once."""
    if kind == AttributeType.BOOLEAN:
        return isinstance(value, bool)
    if kind == AttributeType.NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _error(key: str, code: str, *, word: str, **values: object) -> FieldError:
    """Return the error of one value."""
    return FieldError(f"{FIELD}.{key}", code, word=word, values=values)
