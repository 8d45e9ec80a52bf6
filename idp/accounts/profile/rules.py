"""What is asked of users, and what they have to give: fields by name (pure).

Standard fields of a profile and attributes share one space of names: no attribute has
the key of a field (``attributes.definitions``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.accounts.profile.attributes.definitions import Editor
from idp.accounts.profile.attributes.values import FIELD as ATTRIBUTES
from idp.accounts.profile.fields import FIELDS
from idp.core.errors import FieldError


@dataclass(frozen=True)
class FieldRules:
    """Which fields users see, and which of them an account has to have.

    ``at_sign_up`` are those that a sign-up asks for, in their order, and whether it has
    to be told; ``required`` what no account is used without, and no user takes away.
    ``hidden`` ones are not for users. ``on_pages``: what pages want too, and programs
    may leave out. ``editors`` says whose attributes are written.
    """

    required: tuple[str, ...] = ()
    at_sign_up: Mapping[str, bool] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    on_pages: tuple[str, ...] = ()
    editors: frozenset[Editor] = frozenset({Editor.USER})

    @property
    def needed_at_sign_up(self) -> tuple[str, ...]:
        """Return what there is no account without."""
        return tuple(name for name, needed in self.at_sign_up.items() if needed)

    @property
    def needed_on_pages(self) -> tuple[str, ...]:
        """Return what a page of a sign-up is not sent without."""
        return (*self.on_pages, *self.needed_at_sign_up)


FOR_OPERATORS = FieldRules(editors=frozenset(Editor))


def is_attribute(name: str) -> bool:
    """Tell whether this is the key of an attribute, and no field of every profile."""
    return name not in FIELDS


def lacking(
    names: Iterable[str], profile: Mapping[str, Any], *, attributes: Mapping[str, Any]
) -> list[str]:
    """Return which of the names have no value; no is one, and so is zero."""
    return [
        name
        for name in names
        if (
            attributes.get(name) is None
            if is_attribute(name)
            else not profile.get(name)
        )
    ]


def required_errors(names: Iterable[str]) -> Iterator[FieldError]:
    """Yield the errors of fields that have to have a value."""
    for name in names:
        where = f"{ATTRIBUTES}.{name}" if is_attribute(name) else name
        yield FieldError(where, "required", word="profile.required")


def hidden_errors(names: Collection[str], rules: FieldRules) -> Iterator[FieldError]:
    """Yield the errors of standard fields that are sent though users have none."""
    for name in names:
        if name in rules.hidden:
            yield FieldError(name, "unknown_field", word="profile.unknown_field")
