"""How many wrong passwords are borne, of whom and from where (security.md §6)."""

import pytest
from sqlalchemy import event

from idp.core.db import db
from idp.security.models import Counter
from tests.browsing import Browser
from tests.make_users import PASSWORD

ADA = "ada@example.com"
NEW = "seven loud geese in the rain"


@pytest.fixture
def ada(make):
    return make.users.account(ADA, username="ada")


class At(Browser):
    """A browser at an address."""

    def __init__(self, app, ip):
        super().__init__(app)
        self.http.environ_base = {**self.http.environ_base, "REMOTE_ADDR": ip}


@pytest.fixture
def at(app, http):
    """Makes browsers at addresses."""
    return lambda ip="192.0.2.1": At(app, ip)


def fail(browser, times, login=ADA):
    """Try wrong passwords; return the last answer."""
    for _ in range(times):
        browser.open("/login")
        browser.submit(username=login, password="wrong wrong wrong")
    return browser.response


def try_password(browser, login=ADA, password=PASSWORD):
    """Sign in; return the status, or where it led."""
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in(login, password)
    if browser.response.status_code != 200:
        return browser.response.status_code
    return browser.response.request.path


def test_ten_wrong_ones_from_one_address_are_borne(at, make, ada, clock):
    browser = at()
    assert fail(browser, 10).status_code == 200
    answer = fail(browser, 1)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Too many tries. Wait 15 minutes, or reset your password." in browser.text
    assert browser.title.startswith("Error: ")
    assert dict(browser.page.forms[0].fields)["username"] == ADA
    assert make.records.audited("login.fail") == [("refused", ada.id)] * 10
    assert make.records.audited("login.limited") == [("refused", ada.id)]


def test_over_the_limit_the_right_one_is_not_even_looked_at(at, ada, clock):
    browser = at()
    fail(browser, 10)
    assert try_password(browser) == 429
    clock.tick(minutes=15, seconds=1)
    assert try_password(browser) == "/account"


def test_elsewhere_the_account_is_open(at, ada):
    fail(at("192.0.2.1"), 11)
    assert try_password(at("192.0.2.2")) == "/account"


def test_an_ipv6_site_is_one_place(at, ada):
    fail(at("2001:db8::1"), 10)
    assert try_password(at("2001:db8::ffff:2")) == 429
    assert try_password(at("2001:db8:0:1::1")) == "/account"


def test_names_count_in_any_case(at, ada):
    browser = at()
    fail(browser, 5, login="ADA@example.com")
    fail(browser, 5, login=" ada@EXAMPLE.com ")
    assert try_password(browser) == 429


def test_the_right_one_forgives_the_wrong_ones_from_here(at, ada):
    browser = at()
    for _ in range(3):
        fail(browser, 9)
        assert try_password(browser) == "/account"
        browser.http.delete_cookie("__Host-idp-device", domain="idp.example")
        browser.http.delete_cookie("__Host-idp", domain="idp.example")


def test_one_address_has_fifty_in_all(at, make, ada):
    browser = at()
    for number in range(10):
        fail(browser, 5, login=f"{number}@example.com")
    assert try_password(browser) == 429
    assert try_password(at("192.0.2.2")) == "/account"


def test_one_account_has_thirty_an_hour_then_one_a_minute(at, ada, clock):
    for number in range(4):
        fail(at(f"192.0.2.{number}"), 8)
    browser = at("192.0.2.99")
    assert fail(browser, 1).status_code == 429
    assert 0 < int(browser.response.headers["Retry-After"]) <= 60
    clock.tick(seconds=61)
    assert fail(browser, 1).status_code == 200
    assert fail(browser, 1).status_code == 429
    clock.tick(seconds=61)
    assert try_password(browser) == "/account"


def test_after_an_hour_the_account_has_its_tries_again(at, ada, clock):
    for number in range(4):
        fail(at(f"192.0.2.{number}"), 8)
    clock.tick(hours=1, seconds=1)
    assert fail(at("192.0.2.99"), 2).status_code == 200


class TestARun:
    """Wrong passwords in a row, however slowly they come."""

    @pytest.fixture
    def environ(self):
        return {
            "IDP_RATELIMIT_LOGIN_ACCOUNT": "off",
            "IDP_RATELIMIT_LOGIN_RUN": "12/30 days",
        }

    def fill(self, at):
        for number in range(2):
            fail(at(f"192.0.2.{number}"), 6)

    def test_it_stops_the_account_until_its_owner_resets_it(self, at, make, ada, clock):
        self.fill(at)
        clock.tick(days=1)
        browser = at("192.0.2.99")
        assert try_password(browser) == 429
        assert "Wait 29 days, or reset your password." in browser.text
        browser.open("/forgot-password")
        browser.submit(email=ADA)
        browser.open(make.records.mail_to(ADA).link)
        browser.submit(password=NEW)
        assert try_password(at("192.0.2.98"), password=NEW) == "/account"

    def test_its_owner_hears_of_it_once(self, at, make, ada, clock):
        self.fill(at)
        for number in range(3):
            assert try_password(at(f"192.0.2.{90 + number}")) == 429
        (mail,) = [m for m in make.records.mails_to(ADA) if m.kind == "account_locked"]
        assert mail.link == "/forgot-password"
        assert make.records.audited("user.locked") == [("ok", ada.id)]

    def test_nobody_is_written_to_about_an_account_that_is_not_there(self, at, make):
        for number in range(3):
            fail(at(f"192.0.2.{number}"), 6, login="nobody@example.com")
        assert make.records.mails_to("nobody@example.com") == []

    def test_the_right_one_ends_it(self, at, ada):
        fail(at("192.0.2.1"), 6)
        assert try_password(at("192.0.2.2")) == "/account"
        fail(at("192.0.2.3"), 6)
        assert try_password(at("192.0.2.4")) == "/account"

    def test_a_browser_the_owner_has_used_is_not_stopped(self, at, ada):
        own = at("192.0.2.50")
        assert try_password(own) == "/account"
        self.fill(at)
        assert try_password(at("192.0.2.99")) == 429
        assert try_password(own) == "/account"


def test_strangers_cannot_lock_the_owner_out_of_a_known_browser(at, ada, clock):
    own = at("192.0.2.50")
    assert try_password(own) == "/account"
    for number in range(4):
        fail(at(f"192.0.2.{number}"), 8)
    assert try_password(at("192.0.2.99")) == 429
    assert try_password(own) == "/account"


def test_a_known_browser_has_no_more_tries_than_others(at, ada, clock):
    own = at("192.0.2.50")
    assert try_password(own) == "/account"
    own.http.delete_cookie("__Host-idp", domain="idp.example")
    device = own.cookie("__Host-idp-device")
    for number in range(4):
        copy = at(f"192.0.2.{number}")
        copy.use_cookie(device, "__Host-idp-device")
        fail(copy, 8)
    last = at("192.0.2.51")
    last.use_cookie(device, "__Host-idp-device")
    assert try_password(last) == 429
    assert try_password(at("192.0.2.52")) == "/account"


def test_the_cookie_of_another_account_opens_no_door(at, make, ada):
    bob, own = make.users.account("bob@example.com"), at("192.0.2.50")
    assert try_password(own, login=bob.email) == "/account"
    for number in range(4):
        fail(at(f"192.0.2.{number}"), 8)
    assert try_password(own) == 429


def test_known_and_unknown_accounts_get_the_same_answers(at, make):
    make.users.account("known@example.com")
    make.users.account("disabled@example.com", status="disabled")
    make.users.account("unverified@example.com", email_verified=False)
    answers = set()
    names = ("known", "disabled", "unverified", "nobody")
    for number, name in enumerate(names):
        browser = at(f"192.0.2.{number}")
        login = f"{name}@example.com"
        fail(browser, 10, login=login)
        browser.open("/login")
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        answer = browser.send(username=login, password=PASSWORD)
        body = answer.text.replace(login, "LOGIN").replace(token, "TOKEN")
        random = ("Content-Length", "X-Request-Id")
        headers = [pair for pair in answer.headers if pair[0] not in random]
        retry = int(dict(headers).pop("Retry-After"))
        assert 890 <= retry <= 900
        kept = tuple(pair for pair in headers if pair[0] != "Retry-After")
        answers.add((answer.status_code, body, kept))
    assert len(answers) == 1
    assert answers.pop()[0] == 429


@pytest.mark.parametrize("login", ["a\u0000b", "@", "x" * 900, "\u200b"])
def test_no_name_makes_the_counting_stumble(at, login):
    assert fail(at(), 3, login=login).status_code == 200


def test_nothing_that_was_typed_is_kept(app, at, ada):
    fail(at(), 1)
    with app.app_context():
        kept = " ".join(db.session.scalars(db.select(Counter.key)))
    assert kept
    assert ADA not in kept  # a digest may have a few letters of it
    assert "192." not in kept


def test_a_good_sign_in_counts_its_tries_and_gives_them_back_at_once(app, at, ada):
    browser, seen = at(), []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        if "counters" in statement:
            seen.append(statement.split()[0])

    browser.open("/login")
    event.listen(engine, "before_cursor_execute", note)
    browser.send(username=ADA, password=PASSWORD)
    event.remove(engine, "before_cursor_execute", note)
    assert seen == ["SELECT", "INSERT", "UPDATE"]
    with app.app_context():
        assert set(db.session.scalars(db.select(Counter.value))) == {0}


@pytest.mark.parametrize(
    "environ",
    [
        {
            f"IDP_RATELIMIT_LOGIN_{name}": "off"
            for name in ("ACCOUNT_IP", "IP", "ACCOUNT", "RUN")
        }
    ],
)
def test_limits_can_be_lifted(at, ada, environ):
    browser = at()
    assert fail(browser, 12).status_code == 200
    assert try_password(browser) == "/account"


class TestSignUp:
    """New accounts from one address."""

    def register(self, browser, number):
        browser.open("/register")
        browser.submit(email=f"{number}@example.com", password=PASSWORD)
        return browser.response.status_code

    @pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
    def test_one_address_makes_twenty_an_hour(self, at, make, clock, environ):
        browser = at()
        for number in range(20):
            assert self.register(browser, number) == 200
        assert self.register(browser, 20) == 429
        assert browser.response.headers["Retry-After"] == "3600"
        assert "Too many tries. Wait 60 minutes." in browser.text
        assert dict(browser.page.forms[0].fields)["email"] == "20@example.com"
        assert make.records.user_id_of("20@example.com") is None
        assert self.register(at("192.0.2.2"), 21) == 200
        clock.tick(hours=1, seconds=1)
        assert self.register(browser, 22) == 200

    def test_what_is_mistyped_is_not_counted(self, at):
        browser = at()
        for _ in range(21):
            browser.open("/register")
            browser.submit(email="a@example.com", password="short")
        assert browser.response.status_code == 200

    def test_what_is_guessable_is_counted_before_it_is_looked_at(self, at):
        browser = at()
        for _ in range(20):
            browser.open("/register")
            browser.submit(email="a@example.com", password="password12345")
            assert browser.response.status_code == 200
        browser.open("/register")
        browser.submit(email="a@example.com", password="password12345")
        assert browser.response.status_code == 429

    @pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
    def test_the_owner_of_a_taken_address_is_not_flooded(self, at, make, environ):
        make.users.account("0@example.com")
        for _ in range(5):
            assert self.register(at(), 0) == 200
        assert len(make.records.mails_to("0@example.com")) == 3
