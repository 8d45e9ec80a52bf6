"""What is written to people after something about their account changed."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from idp.core.clock import utcnow
from idp.mail import notices

LINK = "https://idp.example/somewhere?token=t0ken&lang=en"
EXPIRING = [
    "email_change_confirm",
    "email_change_notice",
    "email_changed",
    "account_deletion_scheduled",
]

FROM_NO_BROWSER = ["account_locked", "account_disabled"]


def compose(kind: str):
    """Compose one notice with the arguments that it takes."""
    given = {"link": LINK, "display_name": "Ada"}
    if kind not in FROM_NO_BROWSER:
        given["browser"] = "Firefox on Linux"
    if kind in EXPIRING:
        given["expires_at"] = utcnow() + timedelta(hours=72)
    if kind == "email_change_confirm":
        given["code"] = "123456"
    return getattr(notices, kind)(**given)


every_kind = pytest.mark.parametrize(
    "kind", [*EXPIRING, "password_changed", "new_sign_in", *FROM_NO_BROWSER]
)


@every_kind
def test_a_notice_says_the_same_in_text_and_html(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    assert message.kind == kind
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", message.html, flags=re.DOTALL)
    for line in filter(None, message.text.splitlines()):
        assert line.strip(" :-").replace("&", "&amp;") in words


@every_kind
def test_a_notice_has_one_action_on_a_line_of_its_own(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    lines = [line for line in message.text.splitlines() if "://" in line]
    assert lines == [LINK]
    links = re.findall(r'href="([^"]*)"', message.html)
    assert set(links) == {LINK.replace("&", "&amp;")}


@pytest.mark.parametrize("kind", EXPIRING)
def test_a_notice_whose_link_expires_says_when(app: Flask, kind):
    with app.app_context():
        assert "expires in 3 days" in compose(kind).text


@pytest.mark.parametrize("kind", ["email_change_notice", "email_changed"])
def test_a_notice_about_a_change_never_says_to_ignore_it(app: Flask, kind):
    with app.app_context():
        message = compose(kind)
    assert "Ignore" not in message.text + message.html
    assert "wasn’t me" in message.text


def test_the_news_of_a_sign_in_says_when_where_and_with_what(app: Flask, clock):
    with app.app_context():
        message = notices.new_sign_in(
            link=LINK, browser="Firefox on Linux", network="203.0.x.x"
        )
    for part in (message.text, message.html):
        assert f"Signed in on {clock.now:%-d %b %Y, %H:%M} UTC with Firefox" in part
        assert "Network: 203.0.x.x." in part
        assert "Asked for" not in part


def test_the_news_of_a_sign_in_leaves_out_what_is_not_known(app: Flask):
    with app.app_context():
        text = notices.new_sign_in(link=LINK).text
    assert "Network" not in text
    assert " with " not in text.partition("Signed in on")[2].partition("\n")[0]
