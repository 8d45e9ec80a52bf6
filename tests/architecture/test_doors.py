"""Which functions are the doors of a module, and which are its own affair.

A function that only its own module uses bears an underscore and stands below the
public ones; nobody else imports it. What is public is imported by somebody.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules

PACKAGES = ["idp", "idp_rp", "examples"]
# Called by name: by app.py, by the installed command, by Babel.
CALLED_BY_NAME = {"init_app", "main", "extract_texts"}
# Decorators that hand a function to nobody else.
PLAIN_DECORATORS = {"cache", "lru_cache", "contextmanager"}


@cache
def trees() -> dict[str, ast.Module]:
    """Parse each module once, and only in the process that runs these tests."""
    return {
        name_of(path): ast.parse(path.read_text())
        for path in modules("idp", "idp_rp", "examples", "tests", "bench", "migrations")
    }


def name_of(path: Path) -> str:
    """Return the name that a module is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def found_in(
    package: str, find: Callable[[str, ast.Module], list[object]]
) -> dict[str, list[object]]:
    """Return by module of a package what ``find`` finds there, if anything."""
    own = {
        name: tree for name, tree in trees().items() if name.split(".")[0] == package
    }
    assert own
    found = {name: find(name, tree) for name, tree in own.items()}
    return {name: faults for name, faults in found.items() if faults}


def uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield module and name of all that a module takes from others."""
    known_as: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if f"{node.module}.{alias.name}" in trees():
                    local = alias.asname or alias.name
                    known_as[local] = f"{node.module}.{alias.name}"
                yield node.module, alias.name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=local)) if local in known_as:
                yield known_as[local], node.attr


@cache
def used_elsewhere() -> dict[str, set[str]]:
    """Return by module what others use of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in trees().values():
        for module, name in uses(tree):
            found[module].add(name)
    return found


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def handed_over(function: ast.FunctionDef) -> bool:
    """Tell whether a decorator registers the function somewhere."""
    names = {ast.unparse(d).split("(")[0] for d in function.decorator_list}
    return bool(names - PLAIN_DECORATORS)


def used_while_importing(tree: ast.Module) -> set[str]:
    """Return the functions that a module needs before it is complete."""
    by_name = {function.name: function for function in functions(tree)}

    def named_in(*nodes: ast.AST) -> set[str]:
        names = {
            n.id for top in nodes for n in ast.walk(top) if isinstance(n, ast.Name)
        }
        return names & set(by_name)

    def runs_at_once(node: ast.stmt) -> list[ast.AST]:
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            given = [d for d in (*arguments.defaults, *arguments.kw_defaults) if d]
            return [*node.decorator_list, *given]
        return [node]

    open_names = {name for node in tree.body for name in named_in(*runs_at_once(node))}
    needed: set[str] = set()
    while open_names:
        name = open_names.pop()
        needed.add(name)
        open_names |= named_in(by_name[name]) - needed
    return needed


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_imports_what_bears_an_underscore(package):
    def taken(module: str, tree: ast.Module) -> list[object]:
        return [
            (other, name)
            for other, name in uses(tree)
            if name.startswith("_")
            and not name.startswith("__")
            and other != module
            and other.split(".")[0] == package
        ]

    assert found_in(package, taken) == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_public_is_used_by_another_module(package):
    def unused(module: str, tree: ast.Module) -> list[object]:
        return [
            function.name
            for function in functions(tree)
            if not function.name.startswith("_")
            and function.name not in used_elsewhere()[module] | CALLED_BY_NAME
            and not handed_over(function)
        ]

    assert found_in(package, unused) == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_public_functions_of_a_module_come_first(package):
    def misplaced(_module: str, tree: ast.Module) -> list[object]:
        early = used_while_importing(tree)
        inner = [f for f in functions(tree) if f.name.startswith("_")]
        doors = [f.lineno for f in functions(tree) if not f.name.startswith("_")]
        last = max(doors, default=0)
        return [f.name for f in inner if f.lineno < last and f.name not in early]

    assert found_in(package, misplaced) == {}


def test_tests_share_by_modules_of_their_own():
    def taken(_module: str, tree: ast.Module) -> list[object]:
        return [
            other
            for other, _ in uses(tree)
            if other.split(".")[-1].startswith(("test_", "conftest"))
        ]

    assert found_in("tests", taken) == {}
