"""The Python modules of the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(*folders: str) -> list[Path]:
    """Return all modules below the given folders of the repository."""
    found = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    assert found
    return found
