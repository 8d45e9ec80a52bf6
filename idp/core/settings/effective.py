"""The settings in effect: the value of each, and where it is from."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from idp.core.settings.declared import (
    COMMAND_LINE,
    PREFIX,
    Loaded,
    env_name,
    keys_of,
)

UNGIVEN = ("default", "worked out")


class Source(StrEnum):
    """Where a value can be from."""

    DEFAULT = "default"
    ENVIRONMENT = "environment"
    FILE = "file"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True)
class Effective:
    """One setting in effect.

    ``value`` is as the environment would give it, and None for a secret that is set:
    then it is ``masked``. ``where`` names the variable, or the file and its line.
    """

    name: str
    value: str | None
    masked: bool
    source: Source
    where: str
    description: str


def effective(loaded: Loaded) -> Iterator[Effective]:
    """Yield every setting; of secrets only that they are set."""
    for cls, settings in loaded.objects.items():
        for key, item in keys_of(cls).items():
            value = getattr(settings, key)
            masked = bool(item.metadata["secret"] and value)
            where = loaded.sources[key]
            yield Effective(
                name=env_name(key),
                value=None if masked else as_text(value),
                masked=masked,
                source=_source_of(where),
                where=where,
                description=item.metadata["doc"],
            )


def as_text(value: object) -> str:
    """Return a setting's value in the form in which the environment would give it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


def _source_of(where: str) -> Source:
    """Return the kind of place that a value was found in."""
    if where in UNGIVEN:
        return Source.DEFAULT
    if where == COMMAND_LINE:
        return Source.COMMAND_LINE
    variable = where.startswith(PREFIX) and " " not in where
    return Source.ENVIRONMENT if variable else Source.FILE
