"""What must hold in the source of every template and static file."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

IDP = Path(__file__).parents[2] / "idp"
TEMPLATES = IDP / "templates"
STATIC = IDP / "static"
ALL = sorted(p for p in TEMPLATES.rglob("*") if p.suffix in (".html", ".txt"))
PAGES = [p for p in ALL if p.parent.name != "mail"]
MESSAGES = sorted(p.stem for p in ALL if p.parent.name == "mail" and p.suffix == ".txt")

every = pytest.mark.parametrize("path", ALL, ids=lambda p: p.name)
every_page = pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)

SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-other-text")
NOT_SPOKEN = ("style", "script")
# What our own code makes: addresses here, and of clients' front-channel logout.
OUR_FILES = (
    *("static_url(", "html_url", "frame.url", "present_url", "brand."),
    *("own_picture(", "instance.", "sheet }}", 'name="shown"'),
)
CHOSEN = "asked.service.script_url"  # by an operator who sets a service of challenges


def source(path: Path) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)


def literal_markup(path: Path) -> str:
    """What the template writes itself: neither expressions nor translated text."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
    )
    tree = env.parse(path.read_text())
    return "".join(data.data for data in tree.find_all(nodes.TemplateData))


class Spoken(HTMLParser):
    """Collects words that a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = False

    def handle_starttag(self, tag, attrs):
        self.silent = tag in NOT_SPOKEN
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES:
                self.note(value or "")

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        self.words += re.findall(r"[^\W\d_]{2,}", text)


@every
def test_no_word_escapes_translation(path):
    spoken = Spoken()
    spoken.feed(literal_markup(path))
    assert spoken.words == []


@every
def test_nothing_switches_escaping_off(path):
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source(path))


@every_page
def test_pages_hold_no_inline_code_or_style(path):
    text = source(path)
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text)
    for script in re.findall(r"<script[^>]*>.*?</script>", text, flags=re.DOTALL):
        assert re.fullmatch(r"<script [^>]*src=[^>]*></script>", script)


@every_page
def test_pages_fetch_nothing_from_elsewhere(path):
    fetched = re.findall(r"<(?:link|script|img|iframe)\b[^>]*", source(path))
    assert all(any(name in tag for name in (*OUR_FILES, CHOSEN)) for tag in fetched)


# A path may hold an id and an act; pages about one thing are given the whole of theirs.
PATH = (
    r"(?:/[a-z/-]+(?:\{\{ [a-z_.]+ \}\}[a-z/-]*)*|\{\{ home \}\}/[a-z]+"
    r"|\{\{ here \}\}/[a-z]+|\{\{ (?:here|there|home|tab_url|this_url) \}\}"
    r"|\{\{ (?:invites_here|send_url|url_for\([^{}]+\)) \}\}"
    r"|\{\{ person\.url \}\}/[a-z-]+)"
)


@every_page
def test_forms_name_their_action_and_carry_the_form_token(path):
    for form in re.findall(r"<form.*?</form>", source(path), flags=re.DOTALL):
        if "data-auto-submit" in form:  # goes to the app, which has no token of ours
            continue
        asks_only = form.startswith('<form method="get"')
        assert asks_only or form.startswith('<form method="post"')
        assert re.match(rf'<form method="\w+" action="{PATH}"', form)
        token = re.search(r"\{\{ forms\.csrf\(\w+\) \}\}", form)
        assert asks_only is (token is None)


@every_page
def test_nothing_hides_a_user_name_from_password_managers(path):
    for tag in re.findall(r"<input[^>]*name=\"username\"[^>]*>", source(path)):
        assert not re.search(r"hidden", tag)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_has_a_text_and_an_html_part(name):
    if name != "words":
        assert (TEMPLATES / "mail" / f"{name}.html").is_file()


@pytest.mark.parametrize(("name", "limit"), [("*.css", 20_000), ("*.js", 12_000)])
def test_static_files_stay_small(name, limit):
    assert sum(len(path.read_bytes()) for path in STATIC.glob(name)) <= limit


def test_the_stylesheet_uses_logical_directions_only():
    css = (STATIC / "idp.css").read_text()
    assert not re.search(r"(margin|padding|border|inset)-(left|right)\b", css)
    assert not re.search(r"text-align:(left|right)|float:", css)
