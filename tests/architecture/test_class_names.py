"""A class name means one thing in the whole tree: who reads it need not ask which."""

import ast
from collections import defaultdict

import pytest

from tests.architecture.sources import ROOT, modules

# What a library looks for by this name.
WANTED_BY_LIBRARIES = {"Meta"}  # WTForms


@pytest.mark.parametrize("package", ["idp", "idp_rp"])
def test_no_class_name_is_defined_twice(package):
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {k: v for k, v in twice.items() if k not in WANTED_BY_LIBRARIES} == {}
