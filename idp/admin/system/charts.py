"""Bars of thirty days, as the overview draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

STEP, BAR, HEIGHT = 10, 7, 60
LEAST = 1  # of a day on which something happened


@dataclass(frozen=True)
class Bar:
    """One day: where its bar stands, how high it is, and of what number."""

    day: date
    value: int
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    """One number over days; ``width`` and ``HEIGHT`` are what the bars stand in."""

    bars: list[Bar]
    total: int
    most: int
    most_on: date
    width: int


def chart_of(numbers: Sequence[tuple[date, int]]) -> Chart:
    """Return the bars of numbers by day; the highest takes the whole height."""
    most_on, most = max(numbers, key=lambda pair: pair[1])
    bars = [
        _bar(day, value, place=place, most=most)
        for place, (day, value) in enumerate(numbers)
    ]
    total = sum(value for _, value in numbers)
    return Chart(bars, total, most, most_on, width=len(numbers) * STEP)


def _bar(day: date, value: int, *, place: int, most: int) -> Bar:
    """Return the bar of one day."""
    height = max(LEAST, round(HEIGHT * value / most)) if value else 0
    return Bar(day, value, x=place * STEP, y=HEIGHT - height, height=height)
