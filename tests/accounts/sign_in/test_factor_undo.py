"""A second factor that another added or removed is undone by the mailed link."""

import pytest

from tests.api.callers import Program, declined
from tests.authenticator_app import AuthenticatorApp, set_up_app
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

NEW_PASSWORD = "seven loud geese in the rain"
PATH, TOTP = "/factor-change/undo", "/account/totp"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def thief(app, make, ada, clock):
    """A program of somebody who knows Ada's password."""
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    app.test_client_class = IssuerClient
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


@pytest.fixture
def links(make, ada, clock):
    """Return the links in the notices, the oldest first; time goes on."""

    def found():
        clock.tick(seconds=60)
        mails = make.records.mails_to(ada.email)
        return [mail.link for mail in mails if mail.link.startswith(PATH)]

    return found


def undo(browser, link):
    """Open a notice's link and press its button."""
    browser.open(link)
    return browser.submit(PATH)


def sign_in(caller, password, email="ada@example.com"):
    return caller.post("/auth/login", {"login": email, "password": password})


@pytest.fixture
def factors(make, ada):
    """Return what the database says Ada has now."""
    return lambda: make.records.user_row(ada.id)["factors"]


def test_what_was_added_goes_and_who_added_it_is_out(
    thief, browser, make, factors, links
):
    set_up_app(thief)
    [link] = links()
    undo(browser, link)
    assert browser.title == "Set a new password – idp"
    assert factors() == []
    assert thief.get("/auth/me").status_code == 401
    assert declined(sign_in(thief, PASSWORD)) == "invalid_credentials"
    browser.submit(password=NEW_PASSWORD)
    owner = sign_in(thief, NEW_PASSWORD)
    thief.headers = {"Authorization": f"Bearer {owner.json['access_token']}"}
    held = thief.get("/auth/me").json["credentials"]
    assert (held["totp"], held["recovery_codes_left"]) == (False, 0)
    assert make.records.audited_details("totp.removed") == [{"undone": True}]


def test_what_was_removed_comes_back(thief, browser, make, links, clock):
    app = set_up_app(thief)
    clock.tick(minutes=5)
    assert thief.send("DELETE", TOTP).status_code == 204
    undo(browser, links()[-1])
    browser.submit(password=NEW_PASSWORD)
    waits = sign_in(thief, NEW_PASSWORD).json
    assert (waits["status"], waits["methods"][0]) == ("2fa_required", "totp")
    shown = {"ticket": waits["ticket"], "method": "totp", "code": app.code()}
    assert "access_token" in thief.post("/auth/login/2fa", shown).json
    assert make.records.audited_details("totp.added") == [{}, {"undone": True}]


def test_what_was_replaced_comes_back(thief, browser, links, clock):
    old = set_up_app(thief)
    clock.tick(minutes=5)
    new = set_up_app(thief)
    undo(browser, links()[-1])
    browser.submit(password=NEW_PASSWORD)
    for app, taken in ((new, False), (old, True)):
        ticket = sign_in(thief, NEW_PASSWORD).json["ticket"]
        shown = {"ticket": ticket, "method": "totp", "code": app.code()}
        answer = thief.post("/auth/login/2fa", shown)
        assert ("access_token" in answer.json) is taken


def test_later_changes_are_undone_too_and_their_links_are_over(
    thief, browser, factors, links, clock
):
    set_up_app(thief)
    clock.tick(minutes=1)
    thief.send("DELETE", TOTP)
    clock.tick(minutes=1)
    set_up_app(thief)
    first, *others = links()
    undo(browser, first)
    assert factors() == []
    assert [browser.open(link).status_code for link in others] == [400, 400]


def test_an_earlier_change_can_still_be_undone(thief, browser, factors, links, clock):
    set_up_app(thief)
    clock.tick(minutes=1)
    thief.send("DELETE", TOTP)
    first, second = links()
    undo(browser, second)
    assert factors() == ["totp"]
    undo(browser, first)
    assert factors() == []


def test_an_app_that_waits_for_its_code_is_void(thief, browser, links):
    set_up_app(thief)
    begun = thief.post(TOTP).json["secret"]
    undo(browser, links()[-1])
    browser.submit(password=NEW_PASSWORD)
    again = sign_in(thief, NEW_PASSWORD).json
    thief.headers = {"Authorization": f"Bearer {again['access_token']}"}
    waiting = AuthenticatorApp(begun, [])
    assert declined(thief.put(TOTP, {"code": waiting.code()})) == "code_invalid"


def test_looking_changes_nothing(thief, browser, factors, links):
    set_up_app(thief)
    [link] = links()
    for method in ("GET", "HEAD"):
        assert browser.http.open(link, method=method).status_code == 200
    assert factors() == ["totp"]
    assert thief.get("/auth/me").status_code == 200


def test_it_works_once(thief, browser, links):
    set_up_app(thief)
    [link] = links()
    undo(browser, link)
    assert browser.open(link).status_code == 400


def test_it_ends_after_three_days(thief, browser, factors, links, clock):
    set_up_app(thief)
    [link] = links()
    clock.tick(hours=71, minutes=58)
    assert browser.open(link).status_code == 200
    clock.tick(minutes=2)
    assert browser.open(link).status_code == 400
    assert factors() == ["totp"]


@pytest.mark.parametrize("token", ["", "x", ".", "é.é", "0" * 32 + ".AAAA"])
def test_a_forged_link_is_over(browser, token):
    assert browser.open(f"{PATH}?token={token}").status_code == 400


def test_an_account_that_is_to_be_deleted_keeps_its_undo(
    thief, browser, make, ada, links
):
    set_up_app(thief)
    [link] = links()
    thief.post("/auth/delete-account", {"current_password": ada.password})
    undo(browser, link)
    assert browser.title == "It’s undone – idp"
    browser.open(make.records.mail_to(ada.email).link)
    assert browser.response.status_code == 200


def test_an_address_that_is_taken_back_takes_the_factors_with_it(
    thief, browser, make, ada, factors
):
    body = {"new_email": "thief@example.com", "password": ada.password}
    assert thief.post("/account/email", body).status_code == 202
    browser.open(make.records.mail_to("thief@example.com").link)
    browser.submit()
    set_up_app(thief)
    browser.open(make.records.mail_to(ada.email).link)
    browser.submit("/email-change/undo")
    assert factors() == []


def test_a_sign_in_that_was_not_the_owners_takes_the_factors_with_it(
    another_browser, make, ada, thief, factors
):
    browser = another_browser()
    browser.sign_in(ada.email, ada.password)
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    link = make.records.mail_to(ada.email).link
    set_up_app(thief)
    browser.open(link)
    browser.submit("/login/not-me")
    assert factors() == []
