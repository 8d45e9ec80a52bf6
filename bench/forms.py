"""Reads the form of a page, so that a visitor can answer it as a browser would."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form that is posted: what is sent unasked, and the names of the answers.

    Unasked are hidden values and boxes that are ticked already. A button's name is that
    of an answer; its value is the visitor's to choose.
    """

    action: str
    unasked: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def filled(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return what is sent; answers that this form does not ask for are left out."""
        return self.unasked | {
            name: value for name, value in answers.items() if name in self.names
        }


class FormReader(HTMLParser):
    """Collects the forms with ``method="post"``."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method", "").lower() == "post"
            if self.inside:
                self.forms.append(Form(given.get("action", "")))
        elif self.inside and tag in ("input", "button") and "name" in given:
            self.take(given)

    def take(self, given: Mapping[str, str]) -> None:
        """Note one field of the form that was opened last."""
        form = self.forms[-1]
        if given.get("type") == "hidden":
            form.unasked[given["name"]] = given.get("value", "")
        elif "checked" in given:
            form.unasked[given["name"]] = given.get("value", "on")
        else:
            form.names.add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def first_form(page: bytes) -> Form:
    """Return the first form of a page that is posted; fail when it has none."""
    reader = FormReader()
    reader.feed(page.decode())
    if not reader.forms:
        raise ValueError(f"no form to answer: {page[:2000]!r}")
    return reader.forms[0]
