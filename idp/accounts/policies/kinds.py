"""Kinds of values of policies: how one is read, and which is the stricter (pure).

What is read is typed already (JSON); text of a command or form becomes that first. All
raise Unreadable with what would be right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from idp.core.settings.values import Unreadable, parse_value
from idp.mail.address_syntax import ascii_domain

T = TypeVar("T")
NOWHERE = ("-",)  # what no domain is
MOST_DOMAINS = MOST_IDS = 100
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class ValueKind(Protocol[T]):
    """A kind of values; ``words`` say which there are."""

    @property
    def words(self) -> str:
        """Say which values there are, after "must be"."""

    def parse(self, value: object) -> T:
        """Return a typed value, checked; raises Unreadable."""

    def from_text(self, text: str) -> T:
        """Return what a text means; raises Unreadable."""

    def stricter(self, one: T, other: T) -> T:
        """Return what holds where both are asked for."""


@dataclass(frozen=True)
class Choice:
    """One of several names, the strictest last."""

    names: Sequence[str]

    @property
    def words(self) -> str:
        """Say which names there are."""
        return f"one of {', '.join(self.names)}"

    def parse(self, value: object) -> str:
        """Return one of the names."""
        if not isinstance(value, str) or value not in self.names:
            raise Unreadable(f"must be {self.words}, not {value!r}")
        return value

    def from_text(self, text: str) -> str:
        """Return one of the names."""
        return self.parse(text.strip())

    def stricter(self, one: str, other: str) -> str:
        """Return the later one."""
        return max(one, other, key=list(self.names).index)


@dataclass(frozen=True)
class Flag:
    """Yes or no; yes is the stricter."""

    words: str = "true or false"

    def parse(self, value: object) -> bool:
        """Return a flag, which no number and no text is."""
        if not isinstance(value, bool):
            raise Unreadable(f"must be {self.words}, not {value!r}")
        return value

    def from_text(self, text: str) -> bool:
        """Return a flag by the usual words."""
        return bool(parse_value(text, bool))

    def stricter(self, one: bool, other: bool) -> bool:
        """Return yes if either is."""
        return one or other


@dataclass(frozen=True)
class IntegerLimit:
    """A whole number of ``unit`` that bounds something; the smaller is stricter."""

    minimum: int
    maximum: int
    unit: str

    @property
    def words(self) -> str:
        """Say how many it may be."""
        return f"a whole number of {self.unit}, {self.minimum} to {self.maximum}"

    def parse(self, value: object) -> int:
        """Return a number within the bounds."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unreadable(f"must be {self.words}, not {value!r}")
        if not self.minimum <= value <= self.maximum:
            raise Unreadable(f"must be {self.words}, not {value!r}")
        return value

    def from_text(self, text: str) -> int:
        """Return a number within the bounds."""
        return self.parse(parse_value(text, int))

    def stricter(self, one: int, other: int) -> int:
        """Return the smaller one."""
        return min(one, other)


@dataclass(frozen=True)
class Allowed:
    """Those of several names that are allowed; what both allow is the stricter.

    Two that have nothing in common allow nothing. A value has the order of ``names``.
    """

    names: Sequence[str]

    @property
    def words(self) -> str:
        """Say which names there are."""
        return f"one or more of {', '.join(self.names)}"

    def parse(self, value: object) -> tuple[str, ...]:
        """Return one or more of the names, each once."""
        if not isinstance(value, list | tuple) or not value:
            raise Unreadable(f"must be {self.words}")
        unknown = [name for name in value if name not in self.names]
        if unknown:
            raise Unreadable(f"must be {self.words}, not {unknown[0]!r}")
        return tuple(name for name in self.names if name in value)

    def from_text(self, text: str) -> tuple[str, ...]:
        """Return the names that a text has, with commas or spaces between."""
        return self.parse(parse_value(text, tuple[str, ...]))

    def stricter(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names that both allow."""
        return tuple(name for name in one if name in other)


@dataclass(frozen=True)
class Ids:
    """Those of some things that are allowed, by their ids; what both name is stricter.

    Whether there are such things, rules above say. Two that have none in common allow
    nothing.
    """

    words: str

    def parse(self, value: object) -> tuple[str, ...]:
        """Return one or more ids, each once."""
        if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST_IDS:
            raise Unreadable(f"must be {self.words}, at most {MOST_IDS}")
        if not all(isinstance(item, str) and item.strip() for item in value):
            raise Unreadable(f"must be {self.words}")
        return tuple(dict.fromkeys(item.strip() for item in value))

    def from_text(self, text: str) -> tuple[str, ...]:
        """Return the ids that a text has, with commas or spaces between."""
        return self.parse(parse_value(text, tuple[str, ...]))

    def stricter(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        """Return the ids that both name."""
        return tuple(name for name in one if name in other)


@dataclass(frozen=True)
class Domains:
    """Domains, in the letters of the DNS; what both name is the stricter.

    Two that have none in common leave NOWHERE; an empty one, of a setting, bounds
    nothing.
    """

    words: str = "one or more domains like example.com"

    def parse(self, value: object) -> tuple[str, ...]:
        """Return one or more domains, each once."""
        if not isinstance(value, list | tuple) or not value:
            raise Unreadable(f"must be {self.words}")
        if len(value) > MOST_DOMAINS:
            raise Unreadable(f"must be at most {MOST_DOMAINS} domains")
        return tuple(dict.fromkeys(self._parse_one(item) for item in value))

    def from_text(self, text: str) -> tuple[str, ...]:
        """Return the domains that a text has, with commas or spaces between."""
        return self.parse(parse_value(text, tuple[str, ...]))

    def stricter(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        """Return the domains that both name."""
        if not (one and other):
            return one or other
        return tuple(name for name in one if name in other) or NOWHERE

    def _parse_one(self, item: object) -> str:
        """Return a domain."""
        wrong = Unreadable(f"must be {self.words}, not {item!r}")
        if not isinstance(item, str) or "." not in item:
            raise wrong
        try:
            return ascii_domain(item.strip().lower())
        except ValueError:
            raise wrong from None


@dataclass(frozen=True)
class FieldModes:
    """What is asked of fields of users, by name; of each, the later mode is stricter.

    Which fields there are is not for policies to say.
    """

    modes: Sequence[str]

    @property
    def words(self) -> str:
        """Say what a value is like."""
        return f"fields like birthdate={self.modes[-1]}, each {' or '.join(self.modes)}"

    def parse(self, value: object) -> Mapping[str, str]:
        """Return the mode of one or more fields."""
        if not isinstance(value, Mapping) or not value:
            raise Unreadable(f"must be {self.words}")
        for name, mode in value.items():
            known = isinstance(name, str) and FIELD_NAME.fullmatch(name)
            if not known or mode not in self.modes:
                raise Unreadable(f"must be {self.words}, not {name}={mode}")
        return dict(value)

    def from_text(self, text: str) -> Mapping[str, str]:
        """Return the fields that a text has, with commas or spaces between."""
        listed = parse_value(text, tuple[str, ...])
        pairs = (item.partition("=") for item in listed)
        return self.parse({name.strip(): mode.strip() for name, _, mode in pairs})

    def stricter(
        self, one: Mapping[str, str], other: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return all fields, each with the later of its modes."""
        rank = list(self.modes).index
        both = {
            name: max(one[name], other[name], key=rank)
            for name in one.keys() & other.keys()
        }
        return {**one, **other, **both}
