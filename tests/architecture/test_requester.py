"""Who sent a request is an argument: who may look it up instead."""

import ast

import pytest

from tests.architecture.sources import ROOT, modules

# Log lines and audit rows are stamped with it; the kit hands it to the rules.
MAY_LOOK_UP = {"idp/core/context.py", "idp/core/log.py", "idp/security/audit.py"}
LOOK_UPS = {"running_caller", "this_requester"}
SOURCES = [
    path.relative_to(ROOT).as_posix()
    for path in modules("idp")
    if path.relative_to(ROOT).parts[1]
    in ("core", "security", "mail", "accounts", "organizations", "oauth")
]


@pytest.mark.parametrize("source", SOURCES)
def test_rules_and_ground_are_told_who_asks(source: str):
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse((ROOT / source).read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    assert source in MAY_LOOK_UP or not names & LOOK_UPS
