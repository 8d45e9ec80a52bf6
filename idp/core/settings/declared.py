"""Typed, frozen settings, one dataclass per slice, loaded once at start.

A field named ``issuer`` is the key ``issuer`` in the TOML file and ``IDP_ISSUER`` in
the environment; a secret may also be given as ``IDP_..._FILE``. TOML tables only group:
``login_ip`` in ``[ratelimit]`` is ``ratelimit_login_ip``. The environment wins over the
file. Every mistake is collected, so one start shows them all.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from idp.core.settings.values import Unreadable, parse_value

T = TypeVar("T")
COMMAND_LINE = "command line"
PREFIX = "IDP_"
# Kubernetes gives every container such names for a service called "idp".
NOT_OURS = re.compile(r"IDP_(SERVICE_|PORT$|PORT_|TEST_)")


@dataclass(frozen=True)
class ConfigurationProblem:
    """One thing wrong: where it stands, what is wrong, and what would be right."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class ConfigurationError(Exception):
    """Settings that cannot be used; ``problems`` has all of them."""

    def __init__(self, problems: Iterable[ConfigurationProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Raw:
    """A value as found, before its type is known, and where it was found."""

    value: object
    source: str


def setting(
    default: Any = MISSING,
    *,
    doc: str,
    minimum: int | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
    default_doc: str = "",
    check: Callable[[Any], str | None] | None = None,
) -> Any:
    """Declare a settings field.

    ``check`` gets the typed value and returns what is wrong with it, or None;
    ``default_doc`` describes a default that is worked out at start.
    """
    metadata = {
        "doc": doc,
        "minimum": minimum,
        "choices": choices,
        "secret": secret,
        "default_doc": default_doc,
        "check": check,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Loaded:
    """The settings objects by class, and for each key where its value came from."""

    objects: Mapping[type[Any], Any]
    sources: Mapping[str, str]

    def __getitem__(self, kind: type[T]) -> T:
        found: T = self.objects[kind]
        return found


def load(
    classes: Iterable[type[Any]],
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, object] | None = None,
) -> Loaded:
    """Build each settings class from file, environment and ``overrides`` (which win).

    ``overrides`` are command-line options by key. Raises ConfigurationError with every
    problem: unknown keys with the nearest known one, unreadable and refused values.
    """
    known = {key: cls for cls in classes for key in keys_of(cls)}
    problems: list[ConfigurationProblem] = []
    raw = dict(_from_file(environ.get("IDP_CONFIG_FILE"), known, problems=problems))
    raw.update(_from_environment(environ, known, problems=problems))
    raw.update(
        (key, Raw(value, COMMAND_LINE)) for key, value in (overrides or {}).items()
    )
    objects = {cls: _build(cls, raw, problems) for cls in dict.fromkeys(known.values())}
    if problems:
        raise ConfigurationError(problems)
    sources = {key: raw[key].source if key in raw else "default" for key in known}
    return Loaded(objects, sources)


def keys_of(cls: type[Any]) -> dict[str, Field[Any]]:
    """Return the fields of a settings class by key."""
    return {item.name: item for item in fields(cls)}


def env_name(key: str) -> str:
    """Return the environment variable of a key: issuer -> IDP_ISSUER."""
    return PREFIX + key.upper()


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` when a known name is close, else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""


def reason(error: Exception) -> str:
    """Return an error's text without its Python dress."""
    return getattr(error, "strerror", None) or str(error)


def _build(
    cls: type[T], raw: Mapping[str, Raw], problems: list[ConfigurationProblem]
) -> T | None:
    """Make one settings object; note what is wrong and return None if anything is."""
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    before = len(problems)
    for key, item in keys_of(cls).items():
        if key not in raw:
            continue
        found = raw[key]
        try:
            values[key] = parse_value(found.value, hints[key])
        except Unreadable as error:
            problems.append(ConfigurationProblem(_place(key, found), str(error)))
            continue
        problem = _refusal(item, values[key])
        if problem:
            problems.append(ConfigurationProblem(_place(key, found), problem))
    return cls(**values) if len(problems) == before else None


def _place(key: str, found: Raw) -> str:
    """Return where an operator looks for a value: an option by its name."""
    if found.source == COMMAND_LINE:
        return f"--{key.replace('_', '-')}"
    return found.source


def _refusal(item: Field[Any], value: Any) -> str | None:
    """Return why a typed value is not allowed for this field, or None."""
    minimum, choices = item.metadata["minimum"], item.metadata["choices"]
    if minimum is not None and value is not None and value < minimum:
        return f"must be at least {minimum}, not {value}"
    if choices and value not in choices:
        guess = nearest(str(value), choices)
        return f"must be one of {', '.join(choices)}, not {value!r}{guess}"
    check = item.metadata["check"]
    return check(value) if check and value is not None else None


def _from_environment(
    environ: Mapping[str, str],
    known: Mapping[str, type[Any]],
    *,
    problems: list[ConfigurationProblem],
) -> Iterator[tuple[str, Raw]]:
    """Yield what the environment sets; secrets also through a file they name.

    An empty value is one that was not given, as Compose files pass them.
    """
    names = {env_name(key): key for key in known}
    files = {f"{env_name(key)}_FILE": key for key in known if _is_secret(known, key)}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or NOT_OURS.match(name) or not environ[name]:
            continue
        if name in names:
            yield names[name], Raw(environ[name], name)
        elif name in files:
            if env_name(files[name]) in environ:
                problems.append(
                    ConfigurationProblem(name, f"{env_name(files[name])} is set too")
                )
            yield from _from_secret_file(
                name, environ[name], key=files[name], problems=problems
            )
        else:
            guess = nearest(name, [*names, *files])
            problems.append(ConfigurationProblem(name, f"no such setting{guess}"))


def _from_secret_file(
    name: str, path: str, *, key: str, problems: list[ConfigurationProblem]
) -> Iterator[tuple[str, Raw]]:
    """Yield the content of a secret file without its last line end."""
    try:
        yield key, Raw(Path(path).read_text().rstrip("\r\n"), f"{name} ({path})")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(
            ConfigurationProblem(name, f"cannot read {path}: {reason(error)}")
        )


def _from_file(
    path: str | None,
    known: Mapping[str, type[Any]],
    *,
    problems: list[ConfigurationProblem],
) -> Iterator[tuple[str, Raw]]:
    """Yield what the TOML file sets."""
    if not path:
        return
    try:
        text = Path(path).read_text("utf-8-sig")  # as Windows saves it
        tree = tomllib.loads(text)
    except (OSError, ValueError) as error:
        problems.append(ConfigurationProblem(path, f"cannot be read: {reason(error)}"))
        return
    for key, value in _flatten(tree):
        where = f"{path}:{_line_of(key, text)} {key}"
        if key in known:
            yield key, Raw(value, where)
        else:
            problems.append(
                ConfigurationProblem(where, f"no such setting{nearest(key, known)}")
            )


def _flatten(
    tree: Mapping[str, object], prefix: str = ""
) -> Iterator[tuple[str, object]]:
    """Yield ``(key, value)``; a table's name becomes the first part of its keys."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}_")
        else:
            yield prefix + name, value


def _line_of(key: str, text: str) -> int:
    """Return the line of ``key`` in the TOML text (its last part, when in a table)."""
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.partition("=")[0].strip().strip("\"'")
        if name and "=" in line and (key == name or key.endswith(f"_{name}")):
            return number
    return 1


def _is_secret(known: Mapping[str, type[Any]], key: str) -> bool:
    """Tell whether a key's value must not be shown."""
    return bool(keys_of(known[key])[key].metadata["secret"])
