"""How commands print lists: columns for people, JSON for programs."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Option = Callable[[Callable[..., None]], Callable[..., None]]
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def limit_option(default: int) -> Option:
    """Return the option that says how many a list has at most."""
    kind, words = click.IntRange(min=1), "At most so many."
    return click.option(
        "--limit", type=kind, default=default, show_default=True, help=words
    )


def print_list(items: "Sequence[DataclassInstance]", *, as_json: bool) -> None:
    """Print dataclass instances, one a line."""
    rows = [asdict(item) for item in items]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    texts = [[_as_text(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _as_text(value: object) -> str:
    """Return one cell; a dash for what is not there."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    if isinstance(value, dict):
        return ",".join(f"{key}={held}" for key, held in value.items()) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None or value == "" else str(value)
