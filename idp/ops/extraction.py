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
    """Yield what gettext calls name, and the titles of refusals.

    A title is translated where it is shown (``web.problems``), so that rules and their
    errors stay free of languages: no call stands beside it.
    """
    yield from extract_python(source, keywords, comment_tags, options)
    source.seek(0)
    yield from _titles(ast.parse(source.read()))


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
