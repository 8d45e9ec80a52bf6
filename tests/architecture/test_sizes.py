"""Modules and functions stay small enough to be read at one sitting."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, modules

MODULE_LINES = 300
TEST_MODULE_LINES = 400
FUNCTION_LINES = 40
# One row for each thing.
TABLES = {"tests/administration/acts.py", "tests/architecture/routes.py"}
ROOM_MODULES = 15
# Rooms of one kind may be as large as the thing is: a table or a command each.
OF_ONE_KIND = {
    "idp/accounts/models",
    "idp/cli",
    "idp/cli/by_server",
    "idp/oauth/models",
}
POSITIONAL_ARGUMENTS = 2
RECEIVERS = ("self", "cls")
# Libraries call these, and say how.
CALLED_BY_LIBRARIES = {
    "authenticate_client": "Authlib",
    "extract_texts": "Babel",
    "_call__": "servers",
    "incr": "limits",
    "ping_after_rest": "SQLAlchemy",
    "render_item": "Alembic",
    "handle_response": "Authlib",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    """Yield every function of a module with the place where it stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def positional(function: Function) -> int:
    """Count the arguments that a caller may give by place."""
    names = [item.arg for item in (*function.args.posonlyargs, *function.args.args)]
    return len(names) - (names[:1] != [] and names[0] in RECEIVERS)


def test_no_module_is_longer_than_300_lines():
    found = modules("idp", "idp_rp", "examples", "bench")
    assert [str(path) for path in found if lines_of(path) > MODULE_LINES] == []


def test_no_test_module_is_longer_than_400_lines():
    tables = {ROOT / table for table in TABLES}
    found = [path for path in modules("tests") if path not in tables]
    assert [str(path) for path in found if lines_of(path) > TEST_MODULE_LINES] == []


def test_no_function_is_longer_than_40_lines():
    too_long = [
        place
        for path in modules("idp", "idp_rp", "examples", "bench")
        for place, node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert too_long == []


def test_no_function_takes_more_than_two_arguments_by_place():
    too_many = [
        place
        for path in modules("idp", "idp_rp", "examples", "bench")
        for place, node in functions(path)
        if positional(node) > POSITIONAL_ARGUMENTS
        and node.name.removeprefix("_") not in CALLED_BY_LIBRARIES
    ]
    assert too_many == []


def test_no_mixed_room_holds_more_than_15_modules():
    rooms = Counter(
        str(path.parent.relative_to(ROOT))
        for path in modules("idp", "idp_rp", "examples")
        if path.name != "__init__.py"
    )
    large = {room for room, number in rooms.items() if number > ROOM_MODULES}
    assert large - OF_ONE_KIND == set()
