"""Rules give codes; the kit has the words, all of them."""

import ast
from collections.abc import Iterator

from idp.core.errors import FieldError
from idp.security.events import EVENTS, told
from idp.web import activity
from idp.web.words import WORDS, message_of
from tests.architecture.sources import modules

RULES = ("idp/accounts", "idp/organizations", "idp/security", "idp/oauth")


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) else None


def given_words(tree: ast.Module) -> Iterator[str]:
    """Yield the words that a module's refusals name, as far as they are constants."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        words = {k.arg: constant(k.value) for k in call.keywords}
        arguments = [constant(argument) for argument in call.args]
        if call.func.id == "Unfit" and len(arguments) > 1 and arguments[1]:
            yield arguments[1]
        if call.func.id == "FieldError" and len(arguments) == 2 and all(arguments):
            yield words.get("word") or f"{arguments[0]}.{arguments[1]}"
        refused = call.func.id in ("NonRedirectableError", "RefusedLogout")
        if refused and arguments[0]:
            yield f"request.{arguments[0]}"
        if call.func.id == "_refused" and arguments and arguments[0]:
            yield f"password.{arguments[0]}"


def test_every_refusal_of_a_rule_has_words():
    named = {
        word
        for path in modules(*RULES)
        for word in given_words(ast.parse(path.read_text()))
        if "." in word
    }
    assert len(named) > 20
    assert named - set(WORDS) == set()


def test_values_fill_in_the_words():
    error = FieldError("password", "too_short", values={"min": 15})
    assert message_of(error) == "Use at least 15 characters."


def test_a_text_for_developers_stands_as_it_is():
    assert message_of(FieldError("redirect_uris", "x", "100 % wrong")) == "100 % wrong"


def test_all_that_users_are_told_has_words():
    assert set(activity.WORDS) == set(told())
    assert set(activity.VARIANTS) <= {event for event, _ in told()}
    for event, variants in activity.VARIANTS.items():
        assert {detail for detail, *_ in variants} <= set(EVENTS[event].details)
