"""What is written in a mail, and what a display name can do to it."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from flask import Flask

from idp.core.clock import utcnow
from idp.mail import messages
from idp.mail.messages import Message, shown_name

LINK = "https://idp.example/somewhere?token=t0ken&lang=en"


class Links(HTMLParser):
    """Collects the targets of links, and every other address in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.hrefs.append(values["href"])
        self.fetched += [values[name] for name in ("src", "srcset") if name in values]


def compose(kind: str, **changes) -> Message:
    """Compose one message of a kind with the arguments that it takes."""
    given = {"link": LINK, "display_name": "Ada", "browser": "Firefox on Linux"}
    if kind != "account_exists":
        given["expires_at"] = utcnow() + timedelta(minutes=30)
    if kind == "verify_email":
        given["code"] = "123456"
    return getattr(messages, kind)(**(given | changes))


@pytest.fixture(params=["verify_email", "account_exists", "password_reset"])
def kind(request):
    return request.param


def test_every_message_says_the_same_in_text_and_html(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    assert message.kind == kind
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", message.html, flags=re.DOTALL)
    for line in filter(None, message.text.splitlines()):
        sentence = line.strip(" :-")
        assert sentence.replace("&", "&amp;") in words


def test_every_message_has_one_action(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    page = Links(message.html)
    assert set(page.hrefs) == {LINK}
    assert page.fetched == []
    assert [line for line in message.text.splitlines() if "://" in line] == [LINK]


def test_the_link_stands_alone_on_its_line_and_so_does_the_code(app: Flask):
    with app.app_context():
        lines = compose("verify_email").text.splitlines()
    assert LINK in lines
    assert "    123456" in lines


@pytest.mark.parametrize("kind", ["verify_email", "password_reset"])
def test_a_message_that_expires_says_when(app: Flask, clock, kind):
    with app.app_context():
        message = compose(kind)
    moment = clock.now + timedelta(minutes=30)
    expected = f"expires in 30 minutes ({moment:%-d %b %Y, %H:%M} UTC)"
    assert expected in message.text
    assert expected in message.html
    assert "Expires in 30 minutes." in message.html  # the line shown before opening


def test_a_message_without_expiry_names_none(app: Flask):
    with app.app_context():
        message = compose("account_exists")
    assert "xpires" not in message.text + message.html


@pytest.mark.parametrize("environ", [{"IDP_ISSUER_NAME": "Acme & Sons <b>"}])
def test_the_subject_says_what_and_where(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    assert "Acme & Sons <b>" in message.subject
    assert "Acme &amp; Sons &lt;b&gt;" in message.html
    assert "<b>" not in message.html


def test_a_message_can_be_composed_in_a_request(app: Flask):
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        assert (
            compose("verify_email").subject
            == "Bestätigen Sie Ihre E-Mail-Adresse für idp"
        )


def test_an_unknown_language_is_written_in_english(app: Flask):
    with app.app_context():
        message = compose("verify_email", locale="tlh-Latn")
    assert '<html lang="en" dir="ltr">' in message.html


def test_a_name_is_escaped_in_html_and_plain_in_text(app: Flask):
    with app.app_context():
        message = compose("verify_email", display_name="<i>Ada")
    assert "Hello &lt;i&gt;Ada," in message.html
    assert "Hello <i>Ada," in message.text


def test_who_asked_is_left_out_when_unknown(app: Flask):
    with app.app_context():
        message = compose("verify_email", browser=None, display_name=None)
    assert message.text.startswith("Hello,\n")
    assert " with " not in message.text.partition("Asked for")[2]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Dr. Ada K. Lovelace Jr.", "Dr. Ada K. Lovelace Jr."),
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Ada\r\nBcc; everyone", "Ada Bcc; everyone"),
        ("Ada\u202egnal\u200b", "Ada gnal"),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_a_name_is_tidied_and_cut(name, shown):
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Win now at spam.example",
        "spam.example",
        "https://spam",
        "you@spam",
        "ｓｐａｍ．ｅｘａｍｐｌｅ",
        "spam。example",
        "Bcc: everyone",
        "www spam",
        "a\\b",
    ],
)
def test_a_name_that_reads_as_an_address_is_left_out(name):
    assert shown_name(name) is None


def test_a_name_cannot_forge_lines_of_the_text(app: Flask):
    with app.app_context():
        message = compose("verify_email", display_name="A\n\nhttps://evil.example\n\n")
    assert "evil" not in message.text + message.html
