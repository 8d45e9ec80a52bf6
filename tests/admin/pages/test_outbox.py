"""/admin/outbox: who may look, and what is shown."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.core.clock import utcnow
from idp.core.db import db
from idp.mail import outbox
from tests.hosted_pages import read_page

LINK = "http://localhost:8000/email-verification?token=t0ken&x=1"
LOCAL = "http://localhost:8000"


@pytest.fixture
def environ() -> dict[str, str]:
    return {
        "IDP_ENVIRONMENT": "development",
        "IDP_ISSUER": LOCAL,
        "IDP_MAIL_URL": "outbox:",
    }


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def get(browser: FlaskClient, path: str = "", **options):
    return browser.get(f"/admin/outbox{path}", base_url=LOCAL, **options)


def test_who_waits_for_a_mail_is_led_there(browser: FlaskClient):
    html = {"Accept": "text/html"}
    page = browser.get("/forgot-password", base_url=LOCAL, headers=html)
    data = {"csrf_token": dict(read_page(page).forms[0].fields)["csrf_token"]}
    asked = {
        "base_url": LOCAL,
        "headers": html,
        "data": data | {"email": "a@b.example"},
    }
    assert "/admin/outbox" in browser.post("/forgot-password", **asked).text
    asked["headers"] = html | {"X-Forwarded-For": "192.0.2.1"}
    assert "/admin/outbox" not in browser.post("/forgot-password", **asked).text


@pytest.fixture
def mails(app: Flask) -> None:
    """A notice, then a confirmation for a person with a hostile name."""
    with app.app_context():
        outbox.send(
            "account_exists",
            to="bob@example.com",
            locales=(),
            link=f"{LOCAL}/login",
            requester={},
        )
        db.session.commit()
        outbox.send(
            "verify_email",
            to="ada@example.com",
            locales=(),
            link=LINK,
            code="012345",
            expires_at=utcnow(),
            display_name="<b>Ada",
            requester={},
        )
        db.session.commit()


def paths(browser: FlaskClient) -> list[str]:
    """The paths of all messages below /admin/outbox, as listed."""
    return re.findall(r'href="/admin/outbox(/[^"]+)"', get(browser).text)


def test_an_empty_outbox_says_so(browser):
    response = get(browser)
    assert response.status_code == 200
    assert "No messages yet" in response.text


@pytest.mark.usefixtures("mails")
def test_messages_are_listed_newest_first(browser):
    text = get(browser).text
    assert text.index("ada@example.com") < text.index("bob@example.com")
    assert len(paths(browser)) == 2


@pytest.mark.usefixtures("mails")
def test_link_and_code_are_one_click_away(browser):
    newest = paths(browser)[0]
    text = get(browser, newest).text
    assert f'href="{LINK.replace("&", "&amp;")}"' in text
    assert '<span class="bigcode" dir="ltr">012345</span>' in text
    assert "ada@example.com" in text


@pytest.mark.usefixtures("mails")
def test_a_notice_has_a_link_and_no_code(browser):
    text = get(browser, paths(browser)[1]).text
    assert f'href="{LOCAL}/login"' in text
    assert "bigcode" not in text


@pytest.mark.usefixtures("mails")
def test_the_page_frames_the_html_part_and_nothing_else(browser):
    newest = paths(browser)[0]
    response = get(browser, newest)
    assert f'src="/admin/outbox{newest}/body"' in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "<b>" not in response.text


@pytest.mark.usefixtures("mails")
def test_the_html_part_is_served_in_a_sandbox(browser):
    response = get(browser, f"{paths(browser)[0]}/body")
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "text/html"
    assert "Hello &lt;b&gt;Ada," in response.text


@pytest.mark.parametrize("path", ["/unknown", "/unknown/body"])
def test_an_unknown_message_is_not_found(browser, path):
    assert get(browser, path).status_code == 404


PAGES = ["", "/some-id", "/some-id/body"]


@pytest.mark.parametrize("path", PAGES)
def test_only_this_machine_may_look(browser, path):
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert get(browser, path, environ_overrides=elsewhere).status_code == 404


@pytest.mark.usefixtures("mails")
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_opens_nothing(browser, header):
    newest = paths(browser)[0]
    for path in ("", newest, f"{newest}/body"):
        response = get(browser, path, headers={header: "127.0.0.1"})
        assert response.status_code == 404


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("127.8.9.1", 200), ("::1", 200), ("", 404), ("unix:", 404)],
)
def test_the_peer_must_be_a_loopback_address(browser, peer, status):
    response = get(browser, environ_overrides={"REMOTE_ADDR": peer})
    assert response.status_code == status


class TestWithRealDelivery:
    @pytest.fixture
    def environ(self, environ, tmp_path):
        return {**environ, "IDP_MAIL_URL": f"file://{tmp_path}/mail.jsonl"}

    @pytest.mark.parametrize("path", PAGES)
    def test_there_is_no_outbox_page(self, browser, path):
        assert get(browser, path).status_code == 404


class TestInProduction:
    @pytest.fixture
    def environ(self):
        return {}

    @pytest.mark.parametrize("path", PAGES)
    def test_there_is_no_outbox_page(self, http, path):
        assert http.get(f"/admin/outbox{path}").status_code == 404
