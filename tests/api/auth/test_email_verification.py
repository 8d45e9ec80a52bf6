"""/auth/email-verification."""

from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.oauth.clients.changes import disable_client
from tests.api.callers import declined, fields, problem
from tests.api.people import ADA

CONFIRM, AGAIN = "/auth/email-verification", "/auth/email-verification/email"


@pytest.fixture
def mail(program, make):
    """The mail to somebody who has just registered."""
    assert program.post("/auth/register", ADA).status_code == 201
    return make.records.mail_to(ADA["email"])


def verified(make) -> bool:
    user_id = make.records.user_id_of(ADA["email"])
    return make.records.user_row(user_id)["email_verified_at"] is not None


def test_the_token_confirms_once(program, make, mail):
    answer = program.post(CONFIRM, {"token": mail.token})
    assert (answer.status_code, answer.data) == (204, b"")
    assert verified(make)
    assert program.post(CONFIRM, {"token": mail.token}).status_code == 204
    assert len(make.records.audited("email.verified")) == 1


def test_the_code_confirms_once(program, make, mail):
    body = {"email": "ADA@example.org", "code": mail.code}
    assert program.post(CONFIRM, body).status_code == 204
    assert verified(make)
    assert declined(program.post(CONFIRM, body)) == "token_invalid"


def test_after_five_wrong_codes_the_right_one_is_wrong_too(program, make, mail):
    wrong = "000000" if mail.code != "000000" else "111111"
    for _ in range(5):
        body = {"email": ADA["email"], "code": wrong}
        assert declined(program.post(CONFIRM, body)) == "token_invalid"
    body = {"email": ADA["email"], "code": mail.code}
    assert declined(program.post(CONFIRM, body)) == "token_invalid"
    assert not verified(make)


def test_an_expired_token_is_declined(program, mail, clock):
    clock.tick(hours=25)
    assert declined(program.post(CONFIRM, {"token": mail.token})) == "token_invalid"


def test_a_token_of_another_purpose_is_declined(program, make, mail):
    program.post("/auth/password-reset/email", {"email": ADA["email"]})
    other = make.records.mail_to(ADA["email"])
    assert other.kind == "password_reset"
    assert declined(program.post(CONFIRM, {"token": other.token})) == "token_invalid"


@pytest.mark.parametrize(
    "body", [{}, {"code": "1"}, {"email": "a@b.c"}, {"token": "x", "code": "1"}]
)
def test_any_other_shape_is_400_and_names_the_shapes(program, body):
    answer = program.post(CONFIRM, body)
    assert fields(answer) == {"": "unknown_shape"}
    assert "token; email, code" in answer.json["errors"][0]["message"]


def test_the_mail_is_sent_again_to_the_address_that_waits(program, make, mail):
    answer = program.post(AGAIN, {"email": ADA["email"]})
    assert (answer.status_code, answer.data) == (202, b"")
    assert len(make.records.mails_to(ADA["email"])) == 2
    assert declined(program.post(CONFIRM, {"token": mail.token})) == "token_invalid"
    newest = make.records.mail_to(ADA["email"])
    assert program.post(CONFIRM, {"token": newest.token}).status_code == 204


def test_who_is_signed_in_need_not_name_the_address(program, make):
    ada = make.users.account("ada@example.org", email_verified=False)
    program.sign_in(ada)
    before = len(make.records.mails_to(ada.email))
    assert program.post(AGAIN).status_code == 202
    assert len(make.records.mails_to(ada.email)) == before + 1


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account(email_verified=False))
    assert problem(spa.bare("POST", AGAIN)) == (403, "csrf_rejected")
    assert spa.post(AGAIN).status_code == 202


def test_nobody_has_to_name_an_address(program):
    assert fields(program.post(AGAIN)) == {"email": "required"}


@pytest.mark.parametrize("address", ["nobody@example.org", "no address", ""])
def test_the_answer_does_not_depend_on_the_address(program, make, address):
    done = make.users.account()
    for asked in (address, done.email):
        answer = program.post(AGAIN, {"email": asked})
        assert (answer.status_code, answer.data) == (202, b"")
    assert make.records.mails_to(done.email) == []


@pytest.mark.parametrize(
    ("return_url", "path"),
    [
        ("https://idp.example/docs/api", "/docs/api"),
        ("/docs/api", "/docs/api"),
        ("https://idp.example", "/"),
        ("https://evil.example/", None),
        ("https://idp.example.evil.example/", None),
        ("https://idp.example//evil.example", None),
        ("//evil.example", None),
        ("javascript:alert(1)", None),
        ("https://app.example@evil.example/", None),
        ("https://app.example\\@evil.example/", None),
        ("https://app.example.evil.example/", None),
    ],
)
def test_the_link_leads_on_to_this_site_only(browser, program, make, return_url, path):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    ada = make.users.account(email_verified=False)
    make.browsers.sign_in(browser.http, person=ada)
    body = {"email": ada.email, "return_url": return_url}
    assert program.post(AGAIN, body).status_code == 202
    mail = make.records.mail_to(ada.email)
    assert "evil" not in mail.text
    browser.open(mail.link)
    answer = browser.send()
    assert answer.location == (path or "/email-verification/done")


@pytest.mark.parametrize(
    "return_url",
    ["https://app.example/welcome?from=mail#top", "https://app.example"],
)
def test_a_page_of_an_app_is_offered_by_a_button(browser, program, make, return_url):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    ada = make.users.account(email_verified=False)
    make.browsers.sign_in(browser.http, person=ada)
    program.post(AGAIN, {"email": ada.email, "return_url": return_url})
    browser.open(make.records.mail_to(ada.email).link)
    answer = browser.send()
    assert answer.location.startswith("/email-verification/done?")
    page = browser.open(answer.location)
    assert f'href="{return_url}"' in page.text
    assert "Continue to app.example" in page.text


@pytest.mark.parametrize(
    "return_url",
    [
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://evil.example@app.example/",
        "https://app.example:443/",
        "https://app.example:444/",
        "https://app.example:x/",
        "http://app.example/",
        "https://APP.example/",
        "https:app.example",
        "https:///app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example\\.evil.example/",
        "https:\\\\app.example\\",
        "https://app.example /",
        "https://app.example/\n",
        "https://app.\u200bexample/",
        "https://\uff41pp.example/",
        " https://app.example/",
        "data:text/html,https://app.example/",
        "javascript://app.example/%0aalert(1)",
        "https://off.example/",
        "com.example.app:/callback",
    ],
)
def test_a_url_that_is_no_page_of_an_app_is_offered_nowhere(
    app, browser, program, make, return_url
):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    off = make.clients.spa(redirect_uris=["https://off.example/callback"])
    with app.app_context():
        disable_client(off.client_id)
        db.session.commit()
    ada = make.users.account(email_verified=False)
    body = {"email": ada.email, "return_url": "https://app.example/"}
    for ask, typed in (
        (AGAIN, {}),
        ("/auth/password-reset/email", {"password": "ten quiet otters by the lake"}),
    ):
        program.post(ask, body)
        browser.open(make.records.mail_to(ada.email).link)
        done = browser.send(**typed).location
        assert "Continue to" in browser.open(done).text
        there = urlencode({"to": "https://app.example/"})
        assert there in done
        page = browser.open(done.replace(there, urlencode({"to": return_url})))
        assert "Continue to" not in page.text


def test_the_page_of_an_app_is_offered_to_who_just_confirmed_alone(
    browser, another_browser, program, make
):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    ada = make.users.account(email_verified=False)
    make.browsers.sign_in(browser.http, person=ada)
    program.post(AGAIN, {"email": ada.email, "return_url": "https://app.example"})
    browser.open(make.records.mail_to(ada.email).link)
    done = browser.send().location
    other = another_browser()
    other.open("/login")
    assert "Continue to" not in other.open(done).text
    assert "Continue to app.example" in browser.open(done).text


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_MAIL_IP": "1/hour"}])
def test_who_asks_for_many_mails_waits(program):
    assert program.post(AGAIN, {"email": "a@example.org"}).status_code == 202
    answer = program.post(AGAIN, {"email": "b@example.org"})
    assert problem(answer) == (429, "too_many_requests")
    assert "Retry-After" in answer.headers
