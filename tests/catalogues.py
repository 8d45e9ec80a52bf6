"""The texts of the server as `make messages` finds them, and a language made of them.

The pseudo-language has an accent on every letter and is 40 % longer than English: what
stays plain was not translated, what breaks a page has no room to be.
"""

import re
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from idp.core.context import service_of
from idp.web.i18n import SOURCE_LANGUAGE, Languages

ROOT = Path(__file__).parents[1]
PSEUDO = "el"  # a language that Babel can write dates in, and not with our letters
ACCENTED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀçðéƒĝĥîĵķļɱñöþɋŕšţüṽŵẋýžÀƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÜṼŴẊÝŽ",
)
KEPT = re.compile(r"(%\(\w+\)s|<[^>]+>)")
DATE_PATTERN = "d MMM y, HH:mm z"


def template(folder: Path) -> Catalog:
    """Extract all texts, as the Makefile does."""
    pot = folder / "messages.pot"
    CommandLineInterface().run(
        [
            *("pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg")),
            *("-k", "lazy_gettext", "--add-location=file", "-o", str(pot), str(ROOT)),
        ]
    )
    with pot.open("rb") as source:
        return read_po(source)


def catalogue(language: str) -> Catalog:
    """Read what is translated into a language."""
    path = ROOT / "idp/translations" / language / "LC_MESSAGES/messages.po"
    with path.open("rb") as source:
        return read_po(source, locale=language)


def compile_pseudo(texts: Catalog, folder: Path) -> None:
    """Write the pseudo-language as the one catalogue in ``folder``."""
    pseudo = Catalog(locale=PSEUDO)
    for message in texts:
        if message.id:
            pseudo.add(message.id, pseudo_of(message), flags=message.flags)
    target = folder / PSEUDO / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as compiled:
        write_mo(compiled, pseudo)


def speaks_pseudo(app: Flask) -> None:
    """Furnish an app made while the pseudo-language was the only one there."""
    assert list(service_of(app, Languages).names) == [SOURCE_LANGUAGE, PSEUDO]


def pseudo_of(message: Message) -> str | tuple[str, ...]:
    """Return the translation of a text, or of its singular and plural."""
    if isinstance(message.id, str):
        return accented(message.id)
    return tuple(accented(text) for text in message.id)


def accented(text: str) -> str:
    """Return a text that can be told from English; names of values and tags stay."""
    if text == DATE_PATTERN:
        return text
    parts = KEPT.split(text)
    length = sum(len(part) for part in parts[::2])
    parts[::2] = [part.translate(ACCENTED) for part in parts[::2]]
    return "".join(parts) + longer(round(length * 0.4))


def longer(by: int) -> str:
    """Return words of ``by`` characters together."""
    return (" ñéẋţ" * (by // 5 + 1))[:by].rstrip()
