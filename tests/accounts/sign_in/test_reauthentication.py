"""Confirming who one is before what would hurt most in other hands."""

from urllib.parse import parse_qs, urlsplit

import pytest

from idp.accounts.sessions.find import find_by_cookie
from idp.core.randomness import digest
from idp.web.browser.reauth_form import reauth_form_values

ELEVEN_MINUTES = 11 * 60


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def stale(browser, ada, clock):
    """A browser whose person signed in eleven minutes ago."""
    browser.sign_in(ada.email, ada.password)
    clock.tick(seconds=ELEVEN_MINUTES)
    return browser


def ask_for_another_address(browser, address="new@example.com"):
    browser.open("/account/email")
    return browser.submit("/account/email", new_email=address)


def typed_address(browser):
    form = next(f for f in browser.page.forms if f.action == "/account/email")
    return dict(form.fields)["new_email"]


def test_within_ten_minutes_of_signing_in_nothing_is_asked(browser, ada, make, clock):
    browser.sign_in(ada.email, ada.password)
    clock.tick(minutes=10)
    ask_for_another_address(browser)
    assert "We’ve sent a link and a code to new@example.com" in browser.text
    assert make.records.mail_to("new@example.com").kind == "email_change_confirm"


def test_later_the_password_is_asked_and_nothing_is_done(stale, make):
    ask_for_another_address(stale)
    assert stale.title == "Confirm it’s you – idp"
    assert make.records.mails_to("new@example.com") == []


def test_after_the_password_the_page_is_back_with_what_was_typed(stale, ada, make):
    ask_for_another_address(stale)
    stale.submit(password=ada.password)
    assert typed_address(stale) == "new@example.com"
    stale.submit("/account/email")
    assert make.records.mail_to("new@example.com").kind == "email_change_confirm"


def test_a_wrong_password_asks_again_and_is_noted(stale, make, ada):
    ask_for_another_address(stale)
    stale.submit(password="not it")
    assert "This isn’t your password." in stale.text
    assert stale.title.startswith("Error: ")
    assert make.records.audited("login.fail") == [("refused", ada.id)]
    stale.submit(password=ada.password)
    assert typed_address(stale) == "new@example.com"


def test_the_cookie_is_a_new_one_afterwards(stale, ada):
    before = stale.cookie()
    stale.open("/account/confirm")
    stale.submit(password=ada.password)
    assert stale.cookie() != before
    assert stale.http.get("/account").status_code == 200


def test_the_session_stays_the_same_for_apps(stale, ada, make, app):
    stale.open("/account/sessions")
    before = {form.action for form in stale.page.forms}
    stale.open("/account/confirm")
    stale.submit(password=ada.password)
    stale.open("/account/sessions")
    assert {form.action for form in stale.page.forms} == before


def test_the_proof_holds_for_ten_minutes_more(stale, ada, make, clock):
    stale.open("/account/confirm")
    stale.submit(password=ada.password)
    clock.tick(minutes=9)
    ask_for_another_address(stale, "first@example.com")
    assert make.records.mail_to("first@example.com")
    clock.tick(minutes=2)
    ask_for_another_address(stale, "second@example.com")
    assert stale.title == "Confirm it’s you – idp"


def held_in(response):
    back = parse_qs(urlsplit(response.location).query)["return_to"][0]
    return parse_qs(urlsplit(back).query)["held"][0]


def hold(browser):
    browser.open("/account/email")
    return held_in(browser.send("/account/email", new_email="new@example.com"))


def test_what_is_held_cannot_be_read_in_the_address(stale):
    assert "example" not in hold(stale)


def test_what_is_held_opens_for_its_own_session_alone(stale, another_browser, ada):
    held = hold(stale)
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    other.open(f"/account/email?held={held}")
    assert typed_address(other) == ""


@pytest.mark.parametrize(
    ("path", "opened"),
    [("/account/email", {"new_email": "new@example.com"}), ("/account/data", {})],
)
def test_what_is_held_opens_on_its_own_page_alone(stale, app, path, opened):
    held = hold(stale)
    with app.test_request_context(f"{path}?held={held}"):
        live = find_by_cookie(digest(stale.cookie()))
        assert reauth_form_values(live) == opened


@pytest.mark.parametrize("held", ["", "x", "%00", "é", "A" * 200])
def test_what_was_not_held_is_ignored(stale, held):
    stale.open(f"/account/email?held={held}")
    assert stale.response.status_code == 200
    assert typed_address(stale) == ""


def test_after_too_many_wrong_passwords_one_has_to_wait(stale, ada):
    for _ in range(10):
        stale.open("/account/confirm")
        stale.submit(password="not it")
    stale.open("/account/confirm")
    assert stale.submit(password=ada.password).status_code == 429
    assert stale.response.headers["Retry-After"]


def test_somebody_elsewhere_is_not_kept_out_by_it(stale, ada, another_browser):
    for _ in range(10):
        stale.open("/account/confirm")
        stale.submit(password="not it")
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    assert other.response.status_code == 200


def test_only_a_path_of_ours_is_led_back_to(stale, ada):
    stale.open("/account/confirm?return_to=https://evil.example/")
    answer = stale.send(password=ada.password)
    assert answer.location == "/account"


def test_who_has_no_password_is_told_what_to_do(browser, make, clock):
    nobody = make.users.account(password=None)
    browser.use_cookie(make.browsers.session(nobody))
    browser.open("/account/confirm")
    assert "Your account has no password" in browser.text
    assert browser.page.forms == []
