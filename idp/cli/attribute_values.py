"""The option of commands that says values of attributes."""

import json
from typing import Any

import click

attribute_option = click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="KEY=TEXT|KEY:=JSON",
    callback=lambda _context, _option, said: _values_in(said),
    help="A value of an attribute: text, a choice or a date after =, a number, true or "
    "false after :=. Can be repeated.",
)


def _values_in(said: tuple[str, ...]) -> dict[str, Any]:
    """Return the values by key; raises BadParameter for what is none, and for two."""
    values: dict[str, Any] = {}
    for text in said:
        name, equals, value = text.partition("=")
        key = name.removesuffix(":")
        if not equals or not key:
            raise click.BadParameter(f"{text} is not like KEY=TEXT or KEY:=JSON.")
        if key in values:
            raise click.BadParameter(f"{key} is given twice.")
        values[key] = value if key == name else _value_of(text, value)
    return values


def _value_of(text: str, value: str) -> Any:
    """Return a value that is written as JSON."""
    try:
        return json.loads(value)
    except ValueError:
        raise click.BadParameter(f"{text} has no JSON after :=.") from None
