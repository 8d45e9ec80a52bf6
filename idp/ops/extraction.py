"""What ``make messages`` finds in Python files, for pybabel."""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

from babel.messages.extract import extract_python

Found = tuple[Any, ...]  # line, function, text or texts, comments


def extract_texts(
    source: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Any,
) -> Iterator[Found]:
    """Yield what gettext calls name, the titles of refusals and the subjects of mails.

    A title is translated where it is shown (``web.problems``), a subject where the mail
    is rendered, so that rules stay free of languages: no call stands beside them.
    """
    yield from extract_python(source, keywords, comment_tags, options)
    source.seek(0)
    tree = ast.parse(source.read())
    yield from _titles(tree)
    yield from _subjects(tree)


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
