"""Browsers that an account knows, and news of those that it does not."""

import pytest

from idp.accounts.factors.reset import RESET_MAIL_HELD
from idp.accounts.jobs import purge
from idp.accounts.models import KnownDevice, User
from idp.core.clock import utcnow
from idp.core.db import db
from tests.make_users import PASSWORD
from tests.oauth.calls import refresh

ADA = "ada@example.com"
NEW = "seven loud geese in the rain"
DEVICE = "__Host-idp-device"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def ada(make):
    return make.users.account(ADA, name="Ada")


@pytest.fixture
def own(browser, ada):
    """Ada's own browser, where she is signed in."""
    browser.sign_in(ADA, PASSWORD)
    return browser


@pytest.fixture
def thief(another_browser, own):
    """Another browser that knows her password."""
    other = another_browser()
    other.http.environ_base = {
        **other.http.environ_base,
        "HTTP_USER_AGENT": FIREFOX,
        "REMOTE_ADDR": "203.0.113.7",
    }
    other.sign_in(ADA, PASSWORD)
    return other


def devices(app):
    with app.app_context():
        return [vars(row) for row in db.session.scalars(db.select(KnownDevice)).all()]


def test_a_sign_in_leaves_a_cookie_for_a_year_that_holds_chance(app, browser, ada):
    browser.open("/login")
    answer = browser.send(username=ADA, password=PASSWORD)
    (line,) = [
        line for line in answer.headers.getlist("Set-Cookie") if line.startswith(DEVICE)
    ]
    value, *attributes = line.split("; ")
    expires = [each for each in attributes if each.startswith("Expires=")]
    assert set(attributes) - set(expires) == {
        "Secure", "HttpOnly", "Path=/", "SameSite=Lax", f"Max-Age={365 * 86400}",
    }  # fmt: skip
    token = value.partition("=")[2]
    assert len(token) == 43
    assert token not in str(devices(app))


def test_a_refused_sign_in_leaves_none(browser, ada):
    browser.sign_in(ADA, "wrong wrong wrong")
    assert browser.cookie(DEVICE) is None


def test_a_new_browser_is_news_to_the_owner(thief, make):
    mail = make.records.mail_to(ADA)
    assert mail.kind == "new_sign_in"
    assert "with Firefox on Linux" in mail.text
    assert "Network: 203.0.x.x." in mail.text
    assert "203.0.113.7" not in mail.text
    assert mail.link.startswith("/login/not-me?token=")


def test_the_first_browser_of_an_account_is_no_news(own, make):
    assert make.records.mails_to(ADA) == []


def test_a_known_browser_is_no_news(own, make, app):
    for _ in range(3):
        own.http.delete_cookie("__Host-idp", domain="idp.example")
        own.sign_in(ADA, PASSWORD)
    assert make.records.mails_to(ADA) == []
    assert len(devices(app)) == 1


def test_signing_in_by_a_link_is_news_too(own, another_browser, make, ada):
    other = another_browser()
    other.open(make.users.sign_in_link(ada))
    other.submit()
    assert make.records.mail_to(ADA).kind == "new_sign_in"


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}, {}])
def test_the_first_sign_in_after_registration_is_no_news(browser, make, environ):
    browser.open("/register")
    browser.submit(email="grace@example.com", password=PASSWORD)
    browser.open(make.records.mail_to("grace@example.com").link)
    browser.submit()
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in("grace@example.com", PASSWORD)
    assert browser.response.request.path == "/account"
    kinds = [mail.kind for mail in make.records.mails_to("grace@example.com")]
    assert kinds == ["verify_email"]


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_registration_in_private_leaves_no_cookie(browser, make, environ):
    make.users.account("taken@example.com")
    for address in ("taken@example.com", "free@example.com"):
        browser.open("/register")
        browser.submit(email=address, password=PASSWORD)
        assert browser.cookie(DEVICE) is None


def test_two_people_may_share_a_browser(own, make, app):
    bob = make.users.account("bob@example.com")
    token = own.cookie(DEVICE)
    for _ in range(2):
        for person in (bob.email, ADA):
            own.http.delete_cookie("__Host-idp", domain="idp.example")
            own.sign_in(person, PASSWORD)
    assert own.cookie(DEVICE) == token
    assert len(devices(app)) == 2
    assert make.records.mails_to(ADA) == make.records.mails_to(bob.email) == []


def test_the_cookie_signs_nobody_in(own, another_browser):
    other = another_browser()
    other.use_cookie(own.cookie(DEVICE), DEVICE)
    other.open("/account")
    assert other.response.request.path == "/login"


def test_the_cookie_of_a_stranger_is_news_all_the_same(own, another_browser, make):
    other = another_browser()
    other.use_cookie("p" * 43, DEVICE)
    other.sign_in(ADA, PASSWORD)
    assert make.records.mail_to(ADA).kind == "new_sign_in"


def test_browsers_are_forgotten_after_their_cookie(app, own, clock):
    clock.tick(days=399)
    with app.app_context():
        purge(utcnow())
        db.session.commit()
    assert len(devices(app)) == 1
    clock.tick(days=2)
    with app.app_context():
        purge(utcnow())
        db.session.commit()
    assert devices(app) == []


class TestPrograms:
    """Sign-ins by JSON without cookies, which leave no browser to know."""

    @pytest.fixture
    def sign_in(self, http, make):
        make.clients.spa()  # and the key that signs the tokens of sign-ins

        def call(ip="198.51.100.1"):
            body = {"login": ADA, "password": PASSWORD}
            network = {"REMOTE_ADDR": ip}
            answer = http.post("/auth/login", json=body, environ_overrides=network)
            assert "access_token" in answer.json
            return answer

        return call

    def test_they_are_no_devices(self, app, ada, sign_in):
        for _ in range(3):
            assert "Set-Cookie" not in sign_in().headers
        assert devices(app) == []

    def test_a_sign_up_is_none(self, app, http, make):
        make.clients.spa()
        body = {"email": ADA, "password": PASSWORD, "name": "Ada"}
        assert http.post("/auth/register", json=body).status_code == 201
        assert devices(app) == []

    def test_the_first_is_no_news(self, ada, sign_in, make):
        sign_in()
        assert make.records.mails_to(ADA) == []

    def test_one_mail_a_day_tells_of_those_from_a_network(
        self, clock, own, sign_in, make
    ):
        for _ in range(3):
            sign_in("198.51.100.1")
            sign_in("198.51.100.2")
        assert len(make.records.mails_to(ADA)) == 2
        clock.tick(days=1, seconds=1)
        sign_in("198.51.100.1")
        assert len(make.records.mails_to(ADA)) == 3
        mail = make.records.mail_to(ADA)
        assert (mail.kind, mail.link) == ("new_sign_in", "/forgot-password")


class TestSomebodyElse:
    """The link in the news, for who was not there."""

    def test_it_names_the_sign_in(self, own, thief, make):
        own.open(make.records.mail_to(ADA).link)
        assert own.title == "Wasn’t it you? – idp"
        assert f"{ADA} was signed in to on" in own.text
        assert "with Firefox on Linux." in own.text

    def test_it_signs_everybody_out_and_leads_to_a_new_password(
        self, own, thief, make, another_browser, ada
    ):
        phone = another_browser()
        phone.open(make.records.mail_to(ADA).link)
        phone.submit()
        assert phone.title == "Set a new password – idp"
        for each in (own, thief):
            each.open("/account")
            assert each.response.request.path == "/login"
        thief.sign_in(ADA, PASSWORD)
        assert "isn’t right" in thief.text
        phone.submit(password=NEW)
        phone.submit(username=ADA, password=NEW)
        assert phone.response.request.path == "/account"
        thief.sign_in(ADA, PASSWORD)
        assert "isn’t right" in thief.text
        assert make.records.audited("session.revoked") == [("ok", ada.id)]

    @pytest.mark.usefixtures("thief")
    @pytest.mark.parametrize("mailed", ["before", "after"])
    def test_one_from_before_support_reset_factors_leads_to_no_new_password(
        self, app, own, make, clock, mailed
    ):
        """Who has the mailbox alone may have talked support into that."""
        clock.tick(minutes=1 if mailed == "before" else -1)
        with app.app_context():
            values = {"reset_mail_from": utcnow() + RESET_MAIL_HELD}
            db.session.execute(db.update(User).values(values))
            db.session.commit()
        own.open(make.records.mail_to(ADA).link)
        own.submit()
        if mailed == "after":
            assert own.title == "Set a new password – idp"
            return
        assert "Everybody is signed out of the account." in own.text
        assert own.page.forms == []
        own.sign_in(ADA, PASSWORD)
        assert "isn’t right" in own.text

    def test_looking_changes_nothing(self, own, thief, make):
        link = make.records.mail_to(ADA).link
        for method in ("GET", "HEAD") * 3:
            assert own.http.open(link, method=method).status_code == 200
        own.open("/account")
        assert own.response.request.path == "/account"

    def test_it_works_once(self, own, thief, make):
        link = make.records.mail_to(ADA).link
        own.open(link)
        own.submit()
        assert own.open(link).status_code == 400
        assert "expired or was already used" in own.text
        assert "password_reset" not in [
            mail.kind for mail in make.records.mails_to(ADA)
        ]

    def test_the_page_of_the_new_password_works_once_and_for_half_an_hour(
        self, own, thief, make, clock
    ):
        own.open(make.records.mail_to(ADA).link)
        path = own.send().location
        own.open(path)
        clock.tick(minutes=30)
        assert own.open(path).status_code == 400

    def test_no_token_survives_it(self, own, thief, make, another_browser, ada):
        spa, http = make.clients.spa(), another_browser().http
        app_of = make.browsers.sign_in(http, person=ada)
        token = make.tokens.refresh_token(
            spa, person=(ada.id, app_of.session_id), scope="openid offline_access"
        )
        assert (fresh := refresh(http, spa, token)).status_code == 200
        own.open(make.records.mail_to(ADA).link)
        own.submit()
        assert refresh(http, spa, fresh.json["refresh_token"]).status_code == 400

    def test_it_works_for_a_week(self, clock, own, thief, make):
        link = make.records.mail_to(ADA).link
        clock.tick(days=7)
        assert own.open(link).status_code == 200
        clock.tick(seconds=1)
        assert own.open(link).status_code == 400

    def test_afterwards_the_browser_is_news_again(self, own, thief, make):
        own.open(make.records.mail_to(ADA).link)
        own.submit()
        own.submit(password=NEW)
        thief.http.delete_cookie("__Host-idp", domain="idp.example")
        thief.sign_in(ADA, NEW)
        assert make.records.mail_to(ADA).kind == "new_sign_in"

    @pytest.mark.parametrize("token", ["", "x", ".", "é.é", "0" * 32 + ".AAAA"])
    def test_a_forged_link_is_over(self, browser, token):
        assert browser.open(f"/login/not-me?token={token}").status_code == 400

    def test_a_link_is_about_one_browser(self, app, own, thief, make):
        mac = make.records.mail_to(ADA).token.partition(".")[2]
        for device in devices(app):
            link = f"/login/not-me?token={device['id']}.{mac}"
            assert own.open(link).status_code in (200, 400)
        own_id = min(devices(app), key=lambda device: device["created_at"])["id"]
        assert own.open(f"/login/not-me?token={own_id}.{mac}").status_code == 400
