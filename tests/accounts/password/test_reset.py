"""A new password for who has lost the old one."""

import pytest

from idp.core.db import db
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

ADA = "ada@example.com"
NEW = "seven loud geese in the rain"
SCOPE = "openid offline_access"


@pytest.fixture
def ada(make):
    return make.users.account(ADA)


def ask(browser, address=ADA):
    browser.open("/forgot-password")
    return browser.submit(email=address)


def reset(browser, link, password=NEW):
    """Open a mailed link and set a password."""
    browser.open(link)
    return browser.submit(password=password)


def signs_in(browser, login, password):
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in(login, password)
    return browser.response.request.path == "/account"


def test_the_mailed_link_sets_a_new_password(browser, make, ada):
    browser.open("/login")
    (forgot,) = [link for link in browser.page.links if "forgot" in link]
    browser.open(forgot)
    browser.submit(email=ADA)
    assert f"If there’s an account for {ADA} , we’ve sent a message." in browser.text
    mail = make.records.mail_to(ADA)
    assert mail.kind == "password_reset"
    browser.open(mail.link)
    assert dict(browser.page.forms[0].fields)["username"] == ADA
    browser.submit(password=NEW)
    assert browser.response.request.path == "/login"
    assert "Your password was changed." in browser.text
    browser.submit(username=ADA, password=NEW)
    assert browser.response.request.path == "/account"
    assert not signs_in(browser, ADA, PASSWORD)
    assert make.records.audited("password.reset.requested") == [("ok", ada.id)]
    assert make.records.audited("password.reset.done") == [("ok", ada.id)]


def test_the_owner_is_told_where_to_go_if_it_was_somebody_else(browser, make, ada):
    ask(browser)
    reset(browser, make.records.mail_to(ADA).link)
    notice = make.records.mail_to(ADA)
    assert notice.kind == "password_changed"
    assert notice.link == "/forgot-password"


def test_looking_uses_nothing_up(browser, make, ada):
    ask(browser)
    link = make.records.mail_to(ADA).link
    for method in ("GET", "HEAD") * 5:
        assert browser.http.open(link, method=method).status_code == 200
    reset(browser, link)
    assert signs_in(browser, ADA, NEW)


def test_a_link_works_once(browser, make, ada, another_browser):
    ask(browser)
    link, stranger = make.records.mail_to(ADA).link, another_browser()
    stranger.open(link)
    reset(browser, link)
    stranger.submit(password="another one of seven geese")
    assert stranger.response.status_code == 400
    assert "expired or was already used" in stranger.text
    assert stranger.open(link).status_code == 400
    assert signs_in(browser, ADA, NEW)


def test_a_link_works_for_half_an_hour(browser, make, ada, clock):
    ask(browser)
    link = make.records.mail_to(ADA).link
    clock.tick(minutes=29)
    assert browser.open(link).status_code == 200
    clock.tick(minutes=1, seconds=1)
    assert browser.submit(password=NEW).status_code == 400
    (again,) = [link for link in browser.page.links if "forgot" in link]
    assert browser.open(again).status_code == 200


def test_only_the_newest_link_works(browser, make, ada):
    for _ in range(2):
        ask(browser)
    first, second = (mail.link for mail in make.records.mails_to(ADA))
    assert browser.open(first).status_code == 400
    assert browser.open(second).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 43, "%00", "a" * 3000])
def test_no_token_but_a_mailed_one_opens_anything(browser, token):
    answer = browser.open(f"/password-reset?token={token}")
    assert answer.status_code == 400


def test_a_token_for_something_else_resets_nothing(browser, make, ada):
    token = make.users.sign_in_link(ada).partition("token=")[2]
    assert browser.open(f"/password-reset?token={token}").status_code == 400
    ask(browser)
    wrong = make.records.mail_to(ADA).token
    assert browser.open(f"/auth/sign-in/token?token={wrong}").status_code == 400


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("Password123456", "easy to guess"),
        (ADA, "built from your email"),
        ("x" * 257, "at most 256"),
        ("", "Choose a password."),
    ],
)
def test_a_weak_password_is_refused_and_the_link_still_works(
    browser, make, ada, password, reason
):
    ask(browser)
    link = make.records.mail_to(ADA).link
    reset(browser, link, password)
    assert reason in browser.text
    assert browser.title.startswith("Error: ")
    assert dict(browser.page.forms[0].fields)["password"] == ""
    browser.submit(password=NEW)
    assert signs_in(browser, ADA, NEW)


def test_every_session_ends_and_so_does_what_apps_hold(browser, make, another_browser):
    ada, elsewhere = make.users.account(ADA), another_browser()
    app = RelyingParty(elsewhere.http, make.clients.own_app(scope=SCOPE), scope=SCOPE)
    elsewhere.sign_in(ADA, PASSWORD)
    tokens = app.finish(app.reach()).tokens
    browser.sign_in(ADA, PASSWORD)
    ask(browser)
    reset(browser, make.records.mail_to(ADA).link)
    for signed_out in (browser, elsewhere):
        signed_out.open("/account")
        assert signed_out.response.request.path == "/login"
    spent = app.ask_for_tokens(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert (spent.status_code, spent.json["error"]) == (400, "invalid_grant")
    assert ada.id == make.records.user_id_of(ADA)


def test_whatever_else_was_mailed_is_void(browser, make, ada):
    ask(browser)
    link, sign_in_link = make.records.mail_to(ADA).link, make.users.sign_in_link(ada)
    reset(browser, link)
    assert browser.open(sign_in_link).status_code == 400


def test_the_link_proves_the_address(browser, make):
    grace = make.users.account("grace@example.com", email_verified=False)
    ask(browser, grace.email)
    reset(browser, make.records.mail_to(grace.email).link)
    assert make.records.user_row(grace.id)["email_verified_at"] is not None
    assert make.records.audited("email.verified") == [("ok", grace.id)]
    assert signs_in(browser, grace.email, NEW)


def test_a_mailbox_that_the_account_has_left_has_no_say(app, browser, make, ada):
    ask(browser)
    link = make.records.mail_to(ADA).link
    with app.app_context():
        new = {"email": "new@example.com", "id": ada.id}
        moved = "UPDATE users SET email = :email, email_key = :email WHERE id = :id"
        db.session.execute(db.text(moved), new)
        moved = "UPDATE user_emails SET email = :email, email_key = :email"
        db.session.execute(db.text(f"{moved} WHERE user_id = :id"), new)
        db.session.commit()
    assert browser.open(link).status_code == 400


def test_an_account_that_is_switched_off_meanwhile_stays_so(app, browser, make, ada):
    ask(browser)
    link = make.records.mail_to(ADA).link
    browser.open(link)
    with app.app_context():
        db.session.execute(db.text("UPDATE users SET status = 'disabled'"))
        db.session.commit()
    assert browser.submit(password=NEW).status_code == 400
    assert make.records.mails_to(ADA)[-1].kind == "password_reset"


def test_a_handed_out_password_is_replaced_too(browser, make):
    grace = make.users.account("grace@example.com", must_change_password=True)
    ask(browser, grace.email)
    reset(browser, make.records.mail_to(grace.email).link)
    assert signs_in(browser, grace.email, NEW)


def test_a_reset_signs_nobody_in(browser, make, ada):
    ask(browser)
    reset(browser, make.records.mail_to(ADA).link)
    assert browser.cookie() is None
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_a_page_left_open_until_its_cookie_is_gone_comes_back(browser, make, ada):
    ask(browser)
    browser.open(make.records.mail_to(ADA).link)
    browser.http.delete_cookie("__Host-idp-pre", domain="idp.example")
    browser.submit(password=NEW)
    assert browser.title == "Set a new password – idp"
    browser.submit(password=NEW)
    assert signs_in(browser, ADA, NEW)


def test_who_is_signed_in_as_another_stays_so_until_the_new_sign_in(browser, make, ada):
    bob = make.users.account("bob@example.com")
    browser.sign_in(bob.email, PASSWORD)
    ask(browser)
    reset(browser, make.records.mail_to(ADA).link)
    assert "Your password was changed." in browser.text
    browser.submit(username=ADA, password=NEW)
    assert ADA in browser.text


class TestWhoAsks:
    """What is said of an address does not depend on whose it is."""

    def asked(self, browser, address):
        browser.open("/forgot-password")
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        answer = browser.send(email=address)
        body = answer.text.replace(address, "ADDRESS").replace(token, "TOKEN")
        random = ("Content-Length", "X-Request-Id")
        headers = [pair for pair in answer.headers if pair[0] not in random]
        return answer.status_code, body, tuple(headers)

    def test_every_address_gets_the_same_answer(self, another_browser, make, clock):
        make.users.account("known@example.com")
        make.users.account("unverified@example.com", email_verified=False)
        make.users.account("disabled@example.com", status="disabled")
        make.users.account("full@example.com")
        for _ in range(3):
            self.asked(another_browser(), "full@example.com")
        clock.tick(minutes=59)  # the caller may ask again before the address may
        names = ("known", "unverified", "disabled", "full", "nobody")
        answers = {
            self.asked(another_browser(), f"{name}@example.com") for name in names
        }
        assert len(answers) == 1
        assert answers.pop()[0] == 200
        mailed = [len(make.records.mails_to(f"{name}@example.com")) for name in names]
        assert mailed == [1, 1, 0, 3, 0]

    @pytest.mark.parametrize(
        "address", ["not an address", "a\u0000b@x.example", "@", "x" * 900]
    )
    def test_what_is_no_address_is_none_that_is_known(self, browser, address):
        assert ask(browser, address).status_code == 200
        assert "If there’s an account" in browser.text

    def test_mail_goes_to_the_stored_address(self, browser, make, ada):
        ask(browser, "  ADA@Example.COM ")
        assert make.records.mail_to(ADA).kind == "password_reset"

    def test_an_address_gets_three_an_hour_and_six_a_day(
        self, browser, make, ada, clock
    ):
        for wait, mailed in [(0, 3), (61, 6), (61, 6)]:
            clock.tick(minutes=wait)
            for _ in range(4):
                assert ask(browser, ADA.upper()).status_code == 200
            assert len(make.records.mails_to(ADA)) == mailed

    def test_a_caller_may_ask_for_twenty_an_hour(self, browser, make, ada, clock):
        for number in range(20):
            assert ask(browser, f"{number}@example.com").status_code == 200
        answer = ask(browser)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "3600"
        assert "Too many tries. Wait 60 minutes." in browser.text
        assert dict(browser.page.forms[0].fields)["email"] == ADA
        assert make.records.mails_to(ADA) == []
        clock.tick(hours=1, seconds=1)
        ask(browser)
        assert len(make.records.mails_to(ADA)) == 1

    def test_what_is_asked_for_elsewhere_counts_too(self, browser, make):
        grace = make.users.account("grace@example.com", email_verified=False)
        browser.sign_in(grace.email, PASSWORD)
        for _ in range(5):
            browser.submit("/email-verification/resend")
        assert browser.response.status_code == 200
        assert len(make.records.mails_to(grace.email)) == 1 + 3


class TestOnTheWayToAnApp:
    """The app's request waits in the browser that asked for the link."""

    @pytest.fixture
    def notes(self, browser, make, ada):
        return RelyingParty(browser.http, make.clients.own_app(scope="openid"))

    def forget(self, browser, notes):
        browser.follow(notes.ask())
        (forgot,) = [link for link in browser.page.links if "forgot" in link]
        browser.open(forgot)
        browser.submit(email=ADA)

    def test_the_same_browser_ends_at_the_app(self, browser, notes, make, ada):
        self.forget(browser, notes)
        reset(browser, make.records.mail_to(ADA).link)
        assert "to continue to Notes" in browser.text
        browser.submit(username=ADA, password=NEW)
        assert notes.finish(browser.response).claims["sub"] == ada.id

    def test_another_browser_ends_at_the_account(
        self, browser, notes, make, another_browser
    ):
        self.forget(browser, notes)
        elsewhere = another_browser()
        reset(elsewhere, make.records.mail_to(ADA).link)
        elsewhere.submit(username=ADA, password=NEW)
        assert elsewhere.response.request.path == "/account"
        browser.follow(notes.ask())
        browser.submit(username=ADA, password=NEW)
        assert notes.checked(browser.response)["code"]
