"""``returnUrl`` of the mails that /api/auth sends: a path here, or a page of an app."""

import pytest

from idp.core.db import db
from idp.oauth.clients.changes import disable_client
from tests.make_users import PASSWORD

APP_PAGE = "https://app.example/welcome?from=mail#top"
NEW = "ten quiet otters by the lake"
REFUSED = (
    "https://evil.example/",
    "https://app.example.evil.example/",
    "https://app.example@evil.example/",
    "https://idp.example.evil.example/",
    "http://app.example/",
    "//evil.example",
    "javascript:alert(1)",
)


@pytest.fixture
def app_of_others(make):
    return make.clients.spa(redirect_uris=["https://app.example/callback"])


@pytest.fixture
def ada(spa, make):
    """Somebody who is signed in and has not confirmed their address yet."""
    ada = make.users.account(email_verified=False, password=PASSWORD)
    spa.sign_in(ada)
    return ada


def confirm(spa, browser, make, ada, return_url):
    """Ask for the mail and use its link, as the same person; return the answer."""
    answer = spa.post("/api/auth/verify/request", {"returnUrl": return_url})
    assert (answer.status_code, answer.json["status"]) == (202, "email_not_verified")
    make.browsers.sign_in(browser.http, person=ada)
    browser.open(make.records.mail_to(ada.email).link)
    return browser.send()


@pytest.mark.usefixtures("app_of_others")
def test_a_page_of_an_app_is_offered_by_a_button(spa, browser, make, ada):
    answer = confirm(spa, browser, make, ada, APP_PAGE)
    assert answer.location.startswith("/email-verification/done?")
    page = browser.open(answer.location)
    assert page.status_code == 200
    assert f'href="{APP_PAGE}"' in page.text
    assert "Continue to app.example" in browser.text


@pytest.mark.usefixtures("app_of_others")
@pytest.mark.parametrize(
    "return_url", ["/docs/api?page=2", "https://idp.example/docs/api?page=2"]
)
def test_a_path_here_is_followed(spa, browser, make, ada, return_url):
    answer = confirm(spa, browser, make, ada, return_url)
    assert (answer.status_code, answer.location) == (303, "/docs/api?page=2")


@pytest.mark.usefixtures("app_of_others")
@pytest.mark.parametrize("return_url", REFUSED)
def test_any_other_page_is_noted_and_leads_nowhere(spa, browser, make, ada, return_url):
    answer = confirm(spa, browser, make, ada, return_url)
    assert answer.location == "/email-verification/done"
    assert "evil" not in make.records.mail_to(ada.email).text
    page = browser.open(answer.location)
    assert "Continue to" not in page.text
    assert return_url not in page.text
    assert make.records.counted("redirect.rejected") == 1


def test_a_page_of_an_app_that_is_gone_by_then_is_not_offered(
    spa, browser, make, ada, app_of_others
):
    spa.post("/api/auth/verify/request", {"returnUrl": APP_PAGE})
    with make.clients.app.app_context():
        disable_client(app_of_others.client_id)
        db.session.commit()
    make.browsers.sign_in(browser.http, person=ada)
    browser.open(make.records.mail_to(ada.email).link)
    assert browser.send().location == "/email-verification/done"


def test_a_foreign_page_is_refused_to_who_names_no_address(spa, make, ada):
    body = {"return_url": "https://evil.example/"}
    answer = spa.post("/auth/email-verification/email", body)
    assert (answer.status_code, answer.data) == (202, b"")
    assert "evil" not in make.records.mail_to(ada.email).text
    assert make.records.counted("redirect.rejected") == 1


@pytest.mark.usefixtures("app_of_others")
def test_a_lost_password_leads_to_the_page_of_an_app_too(program, browser, make):
    ada = make.users.account()
    for return_url, offered in ((APP_PAGE, True), (REFUSED[0], False)):
        body = {"email": ada.email, "returnUrl": return_url}
        assert program.post("/api/auth/reset/request", body).status_code == 202
        browser.open(make.records.mail_to(ada.email).link)
        page = browser.submit(password=f"{NEW} {offered}")
        assert (f'href="{return_url}"' in page.text) is offered
        assert ("Continue to app.example" in browser.text) is offered
