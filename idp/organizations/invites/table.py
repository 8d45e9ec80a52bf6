"""Reading whom to invite from lines, or from comma-separated values (pure)."""

import csv
from collections.abc import Iterator

from idp.organizations.invites.issuing import WantedInvite

HEADS = frozenset({"email", "e-mail", "mail", "address"})
LINE = "line."  # how the names of fields begin that are lines


def read_table(text: str, *, roles: tuple[str, ...] = ()) -> list[WantedInvite]:
    """Return whom a text names: an address a line, its roles in the next column.

    They stand apart by spaces; who has none there gets ``roles``. The separator is a
    comma, a semicolon or a tab; a line of headings may come first.
    """
    return list(_rows_in(text, roles=roles))


def _rows_in(text: str, *, roles: tuple[str, ...]) -> Iterator[WantedInvite]:
    """Yield whom each line names, by the number of the line."""
    lines = text.lstrip("\ufeff").splitlines()
    for number, line in enumerate(lines, start=1):
        first, *more = _cells_of(line)
        is_head = number == 1 and first.lower() in HEADS
        if first and not is_head:
            own = tuple(more[0].split()) if more else ()
            yield WantedInvite(first, own or roles, field=f"{LINE}{number}")


def _cells_of(line: str) -> list[str]:
    """Return the cells of a line, one at least."""
    separator = next((each for each in ";\t" if each in line), ",")
    cells = next(csv.reader([line], delimiter=separator), [])
    return [cell.strip() for cell in cells] or [""]
