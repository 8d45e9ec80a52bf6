"""The Python modules of the repository."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "idp"


def modules(*folders: str) -> list[Path]:
    """Return all modules below the given folders of the repository."""
    found = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    assert found
    return found


def calls():
    """Yield the name of each function that is called, and where."""
    for path in modules("idp"):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    yield name, f"{path.relative_to(PACKAGE)} {function.name}"
