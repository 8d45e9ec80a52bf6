"""Options that say something in several languages."""

from collections.abc import Callable, Iterable
from typing import Any

import click

from idp.accounts.profile.attributes.definitions import DEFAULT_LANGUAGE

Option = Callable[[Any], Any]


def language_option(name: str, target: str, *, what: str) -> Option:
    """Return an option that is given once for each language."""
    words = f"{what}, TEXT in English or LANGUAGE=TEXT; those given replace all."
    return click.option(
        name, target, multiple=True, metavar="[LANGUAGE=]TEXT", help=words
    )


def said_by_language(given: Iterable[str]) -> dict[str, str]:
    """Return what was typed, by language; nothing where that is empty text alone."""
    said = {}
    for typed in filter(None, given):
        language, sign, text = typed.partition("=")
        said[language if sign else DEFAULT_LANGUAGE] = text if sign else typed
    return said
