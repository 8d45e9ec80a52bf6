"""Revisions as steps of an upgrade, read from their files and not run."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from idp.ops.upgrades.tables import locked_tables

MARKS = ("compatible", "concurrent")


@dataclass(frozen=True)
class RevisionStep:
    """One revision, what it does, and what that means to nodes that run beside it.

    ``compatible``: the version before works with it as well. ``concurrent``: it only
    makes or drops indexes (``idp.ops.upgrades.indexes``), while their tables are used.
    ``locks`` names the tables that nobody writes, or even reads, until it is done.
    """

    revision: str
    title: str
    compatible: bool = False
    concurrent: bool = False
    locks: Sequence[str] = ()


def read_step(path: Path) -> RevisionStep:
    """Read a revision's file. One that says nothing is not compatible."""
    tree = ast.parse(path.read_text())
    title = (ast.get_docstring(tree) or "").partition("\n")[0]
    marks = {name: any(_marks(node, name) for node in tree.body) for name in MARKS}
    locks = [] if marks["concurrent"] else sorted(locked_tables(tree))
    return RevisionStep(path.stem, title, locks=locks, **marks)


def stretches(steps: Sequence[RevisionStep]) -> Iterator[Sequence[RevisionStep]]:
    """Yield steps that are applied in one transaction, or each alone in none."""
    for concurrent, found in groupby(steps, key=lambda step: step.concurrent):
        together = list(found)
        yield from ([step] for step in together) if concurrent else [together]


def _marks(node: ast.stmt, mark: str) -> bool:
    """Tell whether a line is ``mark = True``."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Constant(value=True)
        ) if name == mark:
            return True
    return False
