"""Revisions as steps of an upgrade, read from their files and not run."""

import ast
from dataclasses import dataclass
from pathlib import Path

MARK = "compatible"


@dataclass(frozen=True)
class RevisionStep:
    """One revision, what it does, and whether the version before works beside it."""

    revision: str
    title: str
    compatible: bool


def read_step(path: Path) -> RevisionStep:
    """Read a revision's file. One that says nothing is not compatible."""
    tree = ast.parse(path.read_text())
    title = (ast.get_docstring(tree) or "").partition("\n")[0]
    return RevisionStep(path.stem, title, any(_marks(node) for node in tree.body))


def _marks(node: ast.stmt) -> bool:
    """Tell whether a line is ``compatible = True``."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Constant(value=True)
        ) if name == MARK:
            return True
    return False
