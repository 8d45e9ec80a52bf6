"""docs/conformance.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
ROW = re.compile(r"^\| `(oidcc-[a-z0-9-]+)(?<!-plan)` \| (.+) \|$", re.MULTILINE)


def existing_tests() -> set[str]:
    """Return the names of all tests of the specifications."""
    files = (ROOT / "tests" / "specs").glob("test_*.py")
    found = (
        re.findall(r"^\s*def (test_\w+)", f.read_text(), re.MULTILINE) for f in files
    )
    return set().union(*found)


def test_every_module_has_a_test_that_exists_or_a_reason():
    rows = dict(ROW.findall(PAGE.read_text()))
    assert len(rows) == 38 + 1 + 11 + 2 + 2
    known = existing_tests()
    for module, cell in rows.items():
        named = set(re.findall(r"`(test_\w+)`", cell))
        assert named <= known, module
        assert named or cell.startswith("Does not apply: "), module
