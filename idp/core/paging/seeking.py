"""One page of a long list by SQL: what comes after a position, or before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_

from idp.core.paging import PageRequest, Position

Rows = TypeVar("Rows", bound=Select[Any])


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: columns, all in one direction.

    ``values`` makes of a position's text what the columns are compared with.
    """

    columns: tuple[Any, ...]
    descending: bool = False
    values: Callable[[Position], Sequence[Any]] = tuple


def seek(found: Rows, order: Order, *, request: PageRequest, of: str) -> Rows:
    """Return the query of the rows of one page and one more, for ``page_of``.

    A page before a position is walked from there: its rows come the other way round.
    """
    place = request.place(of)
    sorted_anew = found.order_by(None).order_by(*walk(order, request, of=of))
    wanted = sorted_anew.limit(request.limit + 1)
    if place is None:
        return wanted
    bounds = _bounds(order, order.values(place.position), back=place.back)
    return wanted.where(*bounds)


def walk(order: Order, request: PageRequest, *, of: str) -> list[ColumnElement[Any]]:
    """Return in what order the rows of a page are read."""
    place = request.place(of)
    if order.descending != bool(place and place.back):
        return [column.desc() for column in order.columns]
    return [column.asc() for column in order.columns]


def moment_first(position: Position) -> tuple[datetime, str]:
    """Return the values of a position that is a time and an id."""
    moment, identifier = position
    return datetime.fromisoformat(moment), identifier


def _bounds(
    order: Order, values: Sequence[Any], *, back: bool
) -> list[ColumnElement[bool]]:
    """Return what keeps the rows beyond a position.

    Of several columns the first alone is compared too: that says nothing new, but is
    what every index can look up.
    """
    first, here = order.columns[0], tuple_(*order.columns)
    falling = order.descending != back
    if len(order.columns) == 1:
        return [first < values[0] if falling else first > values[0]]
    if falling:
        return [first <= values[0], here < tuple(values)]
    return [first >= values[0], here > tuple(values)]
