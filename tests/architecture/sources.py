"""The Python modules of the repository."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "idp"


def modules(*folders: str) -> list[Path]:
    """Return all modules below the given folders of the repository."""
    found = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    assert found
    return found


@cache
def calls() -> frozenset[tuple[str, str]]:
    """Return the name of each function that is called, and where."""
    found = set()
    for path in modules("idp"):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    found.add((name, f"{path.relative_to(PACKAGE)} {function.name}"))
    return frozenset(found)
