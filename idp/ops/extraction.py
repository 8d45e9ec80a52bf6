"""What ``make messages`` finds in Python files, for pybabel."""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

Found = tuple[Any, ...]  # line, function, text or texts, comments
DECLARED = {"setting", "_limit", "PolicyKey"}
SAID = {"doc", "title"}


def extract_texts(
    source: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Found]:
    """Yield what gettext calls name, and the words that rules keep as data.

    Those are titles of refusals, subjects of mails, what is said of settings and
    policies, and what rules say of mistakes (``core.text``). All are translated
    where they are shown, so that rules stay free of languages: no call stands beside
    them.
    """
    yield from extract_python(source, keywords, comment_tags, options)
    source.seek(0)
    tree = ast.parse(source.read())
    yield from _titles(tree)
    yield from _subjects(tree)
    yield from _declared(tree)
    yield from _worded(tree)


def _titles(tree: ast.Module) -> Iterator[Found]:
    """Yield each ``title = "…"`` in the body of a class."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    for statement in (line for each in classes for line in each.body):
        match statement:
            case (
                ast.Assign(targets=[ast.Name("title")], value=ast.Constant(str(text)))
                | ast.AnnAssign(target=ast.Name("title"), value=ast.Constant(str(text)))
            ):
                yield statement.lineno, None, text, []


def _subjects(tree: ast.Module) -> Iterator[Found]:
    """Yield each ``Message(subject="…")``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("Message"), keywords=given):
                for each in given:
                    match each:
                        case ast.keyword("subject", ast.Constant(str(text))):
                            yield each.value.lineno, None, text, []


def _declared(tree: ast.Module) -> Iterator[Found]:
    """Yield what settings and policies say of themselves."""
    known = dict(_constants(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name), keywords=given) if name in DECLARED:
                for each in given:
                    text = _text(each.value, known) if each.arg in SAID else None
                    if text:
                        yield each.value.lineno, None, text, []


def _worded(tree: ast.Module) -> Iterator[Found]:
    """Yield each ``worded("…")``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("worded"), args=[ast.Constant(str(text))]):
                yield node.lineno, None, text, []


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the texts that a module gives names to."""
    for line in tree.body:
        match line:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str(text))):
                yield name, text


def _text(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """Return a text, also one that holds known others; None for what is none."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.FormattedValue(ast.Name(name)):
            return known.get(name)
        case ast.JoinedStr(parts):
            return "".join(_text(part, known) or "" for part in parts)
    return None
