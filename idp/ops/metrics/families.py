"""Numbers that are looked up when they are asked for, by name."""

from collections.abc import Mapping
from typing import NamedTuple


class GaugeValues(NamedTuple):
    """A gauge: its name, its help, its labels, and its values by those of these."""

    name: str
    help_text: str
    labels: tuple[str, ...]
    values: Mapping[tuple[str, ...], float]
