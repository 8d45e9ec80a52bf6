"""What is written in a mail, and that every caller gives what its message needs."""

import ast
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import get_args

import pytest

from idp.core.clock import utcnow
from idp.mail.messages import MESSAGES, MessageName
from idp.mail.rendering import TEMPLATES
from tests.architecture.sources import modules
from tests.mail.values import values_of

LINK = "https://idp.example/somewhere?token=t0ken&lang=en"
FIREFOX = {"browser": "Firefox", "system": "Linux"}
EXPIRING = [name for name, message in MESSAGES.items() if message.expires]
NAMING = [name for name, message in MESSAGES.items() if message.requester]

every_message = pytest.mark.parametrize("name", MESSAGES)


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


@every_message
def test_every_message_says_the_same_in_text_and_html(write, name):
    message = write(name, link=LINK, display_name="Ada")
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", message.html, flags=re.DOTALL)
    for line in filter(None, message.text.splitlines()):
        assert line.strip(" :-").replace("&", "&amp;") in words


@every_message
def test_every_message_has_one_action_on_a_line_of_its_own(write, name):
    message = write(name, link=LINK)
    page = Links(message.html)
    assert set(page.hrefs) == {LINK}
    assert page.fetched == []
    assert [line for line in message.text.splitlines() if "://" in line] == [LINK]


@every_message
def test_a_code_stands_alone_on_its_line_where_there_is_one(write, name):
    lines = write(name).text.splitlines()
    assert ("    123456" in lines) is MESSAGES[name].code


@pytest.mark.parametrize("name", EXPIRING)
def test_a_message_that_expires_says_when(write, name):
    moment = utcnow() + timedelta(minutes=30)
    message = write(name, expires_at=moment)
    expected = f"expires in 30 minutes ({moment:%-d %b %Y, %H:%M} UTC)"
    assert expected in message.text
    assert expected in message.html
    assert "Expires in 30 minutes." in message.html  # the line shown before opening


@pytest.mark.parametrize("name", [n for n in MESSAGES if n not in EXPIRING])
def test_a_message_without_expiry_names_none(write, name):
    message = write(name)
    assert "xpires" not in message.text + message.html


@pytest.mark.parametrize("environ", [{"IDP_ISSUER_NAME": "Acme & Sons <b>"}])
@every_message
def test_the_subject_says_what_and_where(write, name):
    message = write(name)
    assert "Acme & Sons <b>" in message.subject
    assert "Acme &amp; Sons &lt;b&gt;" in message.html
    assert "<b>" not in message.html


@pytest.mark.parametrize("name", NAMING)
def test_a_message_that_somebody_caused_names_their_browser(write, name):
    message = write(name, requester=FIREFOX)
    assert " UTC with Firefox on Linux." in message.text
    assert " UTC with Firefox on Linux." in message.html


@pytest.mark.parametrize(
    ("requester", "words"),
    [
        ({}, "."),
        (FIREFOX, " with Firefox on Linux."),
        (FIREFOX | {"network": "203.0.x.x"}, " with Firefox on Linux (203.0.x.x)."),
        ({"system": "Linux"}, " with Linux."),
        ({"network": "203.0.x.x"}, " with a program (203.0.x.x)."),
    ],
)
def test_a_message_names_the_requester_as_far_as_known(write, clock, requester, words):
    message = write("password_reset", requester=requester)
    for part in (message.text, message.html):
        assert f"Asked for on {clock.now:%-d %b %Y, %H:%M} UTC{words}" in part


def test_the_requester_is_named_in_the_language_of_the_mail(write):
    message = write("password_reset", locales=("de",), requester=FIREFOX)
    assert "Firefox unter Linux" in message.text


@pytest.mark.parametrize("name", ["email_change_notice", "email_changed"])
def test_a_notice_about_a_change_never_says_to_ignore_it(write, name):
    message = write(name)
    assert "Ignore" not in message.text + message.html
    assert "wasn’t me" in message.text


def test_the_notice_of_a_sign_in_says_when_where_and_with_what(write, clock):
    message = write("new_sign_in", requester=FIREFOX | {"network": "203.0.x.x"})
    for part in (message.text, message.html):
        assert f"Signed in on {clock.now:%-d %b %Y, %H:%M} UTC with Firefox on" in part
        assert "Network: 203.0.x.x." in part
        assert "Asked for" not in part


def test_the_notice_of_a_sign_in_leaves_out_what_is_not_known(write):
    text = write("new_sign_in").text
    assert "Network" not in text
    assert " with " not in text.partition("Signed in on")[2].partition("\n")[0]


def test_every_name_has_its_row_and_its_templates():
    names = set(get_args(MessageName))
    assert names == set(MESSAGES)
    for ending in ("txt", "html"):
        found = {path.stem for path in (TEMPLATES / "mail").glob(f"*.{ending}")}
        assert found - {"layout", "words"} == names


@every_message
@pytest.mark.parametrize("value", ["code", "expires_at", "requester"])
def test_a_value_that_is_not_the_messages_own_is_a_mistake(post, name, value):
    spare = {"code": "1", "expires_at": utcnow(), "requester": {}}
    wrong = values_of(name)
    if wrong.pop(value, None) is None:
        wrong[value] = spare[value]
    with pytest.raises(TypeError):
        post.put(name=name, **{value: None} | wrong)
    assert post.rows() == []


def calls_of_send() -> list[tuple[str, set[str]]]:
    """Return name and keywords of each ``outbox.send("name", …)`` in the code."""
    return [
        (str(node.args[0].value), {str(given.arg) for given in node.keywords})
        for path in modules("idp")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "outbox.send"
        and isinstance(node.args[0], ast.Constant)
    ]


def test_callers_give_each_message_what_its_row_says():
    calls = calls_of_send()
    assert len(calls) >= 9
    for name, given in calls:
        message = MESSAGES[name]
        flags = ("code" in given, "expires_at" in given, "requester" in given)
        assert flags == (message.code, message.expires, message.requester), name
