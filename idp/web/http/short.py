"""Views that are short: a loop may answer them itself, where nobody is waited for."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., object])


def is_short(view: View) -> View:
    """Say that a GET of this view takes a few statements and a page at most."""
    view.is_short = True  # type: ignore[attr-defined]
    return view


def short_paths(app: Flask) -> frozenset[str]:
    """Return the paths of the views that are."""
    return frozenset(
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_short", False)
    )
