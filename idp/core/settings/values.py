"""From the text of a setting to its typed value."""

from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


class Unreadable(ValueError):
    """A value whose text is not of the setting's type."""


def parse_value(value: object, kind: Any) -> Any:
    """Return ``value`` as ``kind``: str, int, bool, Path, tuple of str, or one | None.

    Text comes from the environment, typed values from TOML or the command line.
    """
    if get_origin(kind) is UnionType:
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    if get_origin(kind) is tuple:
        return _parse_list(value)
    parser = PARSERS[kind]
    return parser(value)


def _parse_bool(value: object) -> bool:
    """Return true or false from the usual words."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in TRUE | FALSE:
        return value.strip().lower() in TRUE
    raise Unreadable(f"must be true or false, not {value!r}")


def _parse_int(value: object) -> int:
    """Return a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        return int(str(value).strip())
    except ValueError:
        raise Unreadable(f"must be a whole number, not {value!r}") from None


def _parse_text(value: object) -> str:
    """Return text that is not empty and has no control characters."""
    if not isinstance(value, str):
        raise Unreadable(f"must be text, not {value!r}")
    if not value.strip():
        raise Unreadable("must not be empty")
    if not value.isprintable():
        raise Unreadable("must not hold control characters or line breaks")
    return value.strip()


def _parse_path(value: object) -> Path:
    """Return a path; ``~`` is the user's home."""
    if isinstance(value, Path):
        return value
    return Path(_parse_text(value)).expanduser()


PARSERS: dict[Any, Any] = {
    bool: _parse_bool,
    int: _parse_int,
    str: _parse_text,
    Path: _parse_path,
}


def _parse_list(value: object) -> tuple[str, ...]:
    """Return the items of a TOML list, or of text separated by commas or spaces."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    raise Unreadable("must be a list of strings")
