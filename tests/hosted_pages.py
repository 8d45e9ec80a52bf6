"""Hosted pages as a browser without scripts reads them, and their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ORIGIN = "https://idp.example"


@dataclass
class PageForm:
    """One form of a page: where it goes, and what its fields hold."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class PageReader(HTMLParser):
    """Collects forms, links and text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.select = self.textarea = ""

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(PageForm(given["action"]))
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "input" and self.forms and given.get("name"):
            unchecked = given.get("type") == "checkbox" and "checked" not in given
            # Of two boxes of one name, like a date or its year, one is filled in.
            spare = given.get("type") == "text" and not given.get("value")
            known = dict(self.forms[-1].fields)
            if not unchecked and not (spare and given["name"] in known):
                self.add_field(given["name"], given.get("value") or "")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.add_field(self.select, given.get("value") or "")
        elif tag == "textarea":
            self.textarea = given["name"]

    def handle_endtag(self, tag) -> None:
        if tag == "textarea":
            self.textarea = ""

    def handle_data(self, data) -> None:
        self.words.append(data)
        if self.textarea:
            self.add_field(self.textarea, data.strip("\r\n"))

    def add_field(self, name: str, value: str) -> None:
        """Note what a field of the newest form holds."""
        self.forms[-1].fields.append((name, value))


@dataclass(frozen=True)
class Page:
    """What a person sees of an answer."""

    response: TestResponse
    forms: list[PageForm]
    links: list[str]
    text: str


def read_page(response: TestResponse) -> Page:
    """Read the page of an answer that is one."""
    assert response.mimetype == "text/html", response
    reader = PageReader()
    reader.feed(response.text)
    text = " ".join(" ".join(reader.words).split())
    return Page(response, reader.forms, reader.links, text)


def press(http: FlaskClient, response: TestResponse, **typed: str) -> TestResponse:
    """Send the page's first form with what was typed, from our own origin."""
    form = read_page(response).forms[0]
    data = {name: value for name, value in form.fields if name not in typed}
    return http.post(form.action, data=data | typed, headers={"Origin": ORIGIN})


def follow(http: FlaskClient, response: TestResponse) -> TestResponse:
    """Follow redirects for as long as they stay on our server."""
    while 300 <= response.status_code < 400 and response.location.startswith("/"):
        response = http.get(response.location)
    return response
