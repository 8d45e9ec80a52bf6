"""The texts of the server as `make messages` finds them, and a language made of them.

The pseudo-language has an accent on every letter and is 40 % longer than English: what
stays plain was not translated, what breaks a page has no room to be.
"""

import re
from html.parser import HTMLParser
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


def plain_words_in(page: str) -> set[str]:
    """Return the words of a page that no catalogue gave, our name left out."""
    reader = _Words()
    reader.feed(page)
    return set(reader.found) - {"idp", "UTC"}


class _Words(HTMLParser):
    """Collects plain words; not those of data, and not names in other languages."""

    VOID = ("meta", "link", "input", "br", "hr", "img")
    SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-other-text")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        data = tag in ("bdi", "code", "textarea", "script") or "lang" in given
        if tag not in self.VOID:
            self.open.append(data and tag != "html")
        for name in self.SPOKEN if "lang" not in given else ():
            self._note(given.get(name) or "")

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self.open.pop()

    def handle_data(self, text):
        if not any(self.open):
            self._note(text)

    def _note(self, text):
        self.found += re.findall(r"\b[A-Za-z]{2,}\b", text)  # not client_id, RS256
