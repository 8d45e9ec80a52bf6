"""Attributes declared in a file (``--seed``): made so at every start."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from idp.accounts.profile.attributes.definitions import (
    DEFAULT_LANGUAGE,
    Definition,
    InvalidAttribute,
)
from idp.accounts.profile.attributes.registry import (
    change_attribute,
    create_attribute,
    hold_definitions,
)
from idp.core.errors import FieldError
from idp.core.text import worded

Declared = Mapping[str, Any]
Shape = tuple[Callable[[object], bool], str]


def apply_attribute(declared: Declared) -> list[str]:
    """Make one declared attribute so, by its key; again it changes nothing.

    Raises InvalidAttribute and AttributeExists.
    """
    _apply(_read(declared))
    return []


def apply_but_scope(declared: Declared) -> list[str]:
    """Make it so, but that the same scope opens it as before.

    The scope that is declared may be one that opens its claim, and comes later.
    """
    wanted = _read(declared)
    before = hold_definitions().get(wanted.key)
    kept = before.scope if before and wanted.claim else None
    _apply(replace(wanted, scope=kept))
    return []


def wrong_shapes(
    declared: Declared, shapes: Mapping[str, Shape], *, name: str, code: str
) -> Iterator[FieldError]:
    """Yield what is no member, or no value of its shape; ``name`` must be given."""
    if name not in declared:
        yield FieldError(name, code, worded("must be given"))
    for member, value in declared.items():
        fits, problem = shapes.get(member, NOTHING)
        if not fits(value):
            yield FieldError(member, code, problem)


def by_language(said: str | Mapping[str, str]) -> Mapping[str, str]:
    """Return text by language tag; text alone is English."""
    return {DEFAULT_LANGUAGE: said} if isinstance(said, str) else said


def _apply(wanted: Definition) -> None:
    """Define the attribute, or bring the one of this key into line."""
    if wanted.key in hold_definitions():
        change_attribute(wanted)
    else:
        create_attribute(wanted)


def _read(declared: Declared) -> Definition:
    """Return what is declared."""
    code = InvalidAttribute.code
    errors = list(wrong_shapes(declared, SHAPES, name="key", code=code))
    if errors:
        raise InvalidAttribute(errors)
    said = dict(declared)
    if "label" in said:
        said["label"] = by_language(said["label"])
    if "choices" in said:
        said["choices"] = tuple(said["choices"])
    return Definition(**said)


def _is_text(value: object) -> bool:
    """Tell whether this is text."""
    return isinstance(value, str)


def _is_list(value: object) -> bool:
    """Tell whether this is a list of texts."""
    return isinstance(value, list) and all(map(_is_text, value))


def _is_text_or_table(value: object) -> bool:
    """Tell whether this is text, or text by language."""
    return _is_text(value) or (
        isinstance(value, Mapping) and all(map(_is_text, value.values()))
    )


NOTHING: Shape = (lambda _value: False, worded("not supported"))
TEXT: Shape = (_is_text, worded("must be text"))
TEXTS: Shape = (_is_list, worded("must be a list of texts"))
WORDS: Shape = (
    _is_text_or_table,
    worded("must be text by language, like en or de-CH"),
)
SHAPES: Mapping[str, Shape] = {
    "key": TEXT,
    "type": TEXT,
    "label": WORDS,
    "choices": TEXTS,
    "claim": TEXT,
    "scope": TEXT,
    "editable_by": TEXT,
    "required_at": TEXT,
}
