import pytest
from sqlalchemy import event, text

from idp.core.db import db
from tests.hosted_pages import ORIGIN
from tests.make_users import PASSWORD

REFUSED = "The email or password isn’t right."


def cookies_set(answer):
    """Return the Set-Cookie headers by name."""
    lines = answer.headers.getlist("Set-Cookie")
    return {line.partition("=")[0]: line for line in lines}


@pytest.mark.parametrize(
    "login", ["ada@example.com", " ADA@Example.com ", "Ada", "ADA"]
)
def test_email_and_username_sign_in_in_any_case(browser, make, login):
    make.users.account("ada@example.com", username="ada")
    browser.sign_in(login, PASSWORD)
    assert browser.response.request.path == "/account"
    assert "ada@example.com" in browser.text
    assert [outcome for outcome, _ in make.records.audited("login.ok")] == ["ok"]


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(browser, make):
    account = make.users.account()
    browser.open("/login")
    answer = browser.send(username=account.email, password=PASSWORD)
    assert answer.status_code == 303
    cookie = cookies_set(answer)["__Host-idp"].split("; ")
    assert set(cookie[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert "Max-Age=0" in cookies_set(answer)["__Host-idp-pre"]


def test_who_stays_signed_in_keeps_the_cookie_for_thirty_days(browser, make, clock):
    account = make.users.account()
    browser.open("/login")
    answer = browser.send(username=account.email, password=PASSWORD, remember="1")
    assert f"Max-Age={30 * 86400}" in cookies_set(answer)["__Host-idp"]
    clock.tick(days=29)
    browser.open("/account")
    assert browser.response.request.path == "/account"


def test_every_refusal_is_the_same_answer(another_browser, make):
    make.users.account("known@example.com")
    make.users.account("disabled@example.com", status="disabled")
    make.users.account("linkonly@example.com", password=None)
    make.users.account("unverified@example.com", email_verified=False)
    answers = set()
    tries = {
        "known@example.com": "a wrong password",
        "disabled@example.com": PASSWORD,
        "linkonly@example.com": PASSWORD,
        "unverified@example.com": "a wrong password",
        "nobody@example.com": PASSWORD,
        "nobody": PASSWORD,
    }
    for login, password in tries.items():
        browser = another_browser()
        browser.open("/login")
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        answer = browser.send(username=login, password=password)
        body = answer.text.replace(f'value="{login}"', "LOGIN").replace(token, "TOKEN")
        random = ("Content-Length", "X-Request-Id")
        headers = tuple((k, v) for k, v in answer.headers if k not in random)
        answers.add((answer.status_code, body, headers))
        assert browser.cookie() is None
    assert len(answers) == 1
    status, body, _ = answers.pop()
    assert status == 200
    assert REFUSED in body
    assert "<title>Error: " in body
    assert len(make.records.audited("login.fail")) == 4
    assert make.records.counted("login.fail") == 2


def test_a_refused_password_is_not_sent_back(browser, make):
    make.users.account("ada@example.com")
    browser.sign_in("ada@example.com", "my other secret")
    fields = dict(browser.page.forms[0].fields)
    assert fields["username"] == "ada@example.com"
    assert "my other secret" not in browser.response.text


def test_a_planted_session_cookie_does_not_become_the_session(browser, make):
    account = make.users.account()
    planted = "p" * 43
    browser.use_cookie(planted)
    browser.sign_in(account.email, PASSWORD)
    assert browser.cookie() != planted
    assert browser.response.request.path == "/account"


def test_the_cookie_of_before_the_sign_in_opens_nothing(browser, make):
    account = make.users.account()
    browser.open("/login")
    before = browser.cookie("__Host-idp-pre")
    browser.submit(username=account.email, password=PASSWORD)
    assert before
    assert browser.cookie("__Host-idp-pre") is None
    browser.use_cookie(before)
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_signing_in_again_changes_the_cookie_and_keeps_the_session(browser, app, make):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    first = browser.cookie()
    browser.open("/login?switch=1")
    browser.submit(username=account.email, password=PASSWORD)
    assert browser.cookie() != first
    assert len(session_ids(app)) == 1
    browser.use_cookie(first)
    browser.open("/account")
    assert browser.response.request.path == "/login"


def session_ids(app):
    with app.app_context():
        live = text("SELECT id FROM browser_sessions WHERE ended_at IS NULL")
        return list(db.session.scalars(live))


def test_who_is_signed_in_goes_on_at_once(browser, make):
    browser.sign_in(make.users.account().email, PASSWORD)
    answer = browser.http.get("/login?return_to=/account/password")
    assert (answer.status_code, answer.location) == (303, "/account/password")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%0d%0aX:y\r\n",
        "x",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(browser, make, elsewhere):
    account = make.users.account()
    browser.open("/login")
    answer = browser.send(
        username=account.email, password=PASSWORD, return_to=elsewhere
    )
    assert answer.status_code == 303
    assert answer.location == "/account"


def test_an_unconfirmed_address_is_confirmed_first(browser, make):
    account = make.users.account(email_verified=False)
    browser.open("/login?return_to=/account/password")
    browser.submit(username=account.email, password=PASSWORD)
    assert browser.response.request.path == "/email-verification"
    browser.submit(code=make.records.mail_to(account.email).code)
    assert browser.response.request.path == "/account/password"


def test_signing_in_sends_no_second_message_while_one_is_pending(browser, make):
    account = make.users.account(email_verified=False)
    for _ in range(2):
        browser.sign_in(account.email, PASSWORD)
        browser.http.delete_cookie("__Host-idp", domain="idp.example")
    assert len(make.records.mails_to(account.email)) == 1


@pytest.mark.parametrize("environ", [{"IDP_REQUIRE_VERIFIED_EMAIL": "false"}])
def test_a_server_may_waive_the_confirmation(browser, make, environ):
    account = make.users.account(email_verified=False)
    browser.sign_in(account.email, PASSWORD)
    assert browser.response.request.path == "/account"
    assert "Confirm it now" in browser.text
    assert make.records.mails_to(account.email) == []


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(browser, app, make):
    from idp.core.hashing import HashingSettings, PasswordHashes

    account = make.users.account()
    stronger = PasswordHashes(HashingSettings(16, 2))
    with app.app_context():
        statement = text("UPDATE users SET password_hash = :hash")
        db.session.execute(statement, {"hash": stronger.hash(PASSWORD)})
        db.session.commit()
    browser.sign_in(account.email, PASSWORD)
    assert "m=8,t=1,p=1" in make.records.user_row(account.id)["password_hash"]
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    browser.sign_in(account.email, PASSWORD)
    assert browser.response.request.path == "/account"


@pytest.mark.parametrize(
    "login", [b"\x00", b"\xff\xfe", b"a" * 5000, b"\xed\xa0\x80@x", b"' OR ''='", b"@"]
)
def test_no_login_makes_the_server_stumble(browser, login):
    browser.open("/login")
    form = dict(browser.page.forms[0].fields) | {"username": login, "password": "x"}
    answer = browser.http.post("/login", data=form, headers={"Origin": ORIGIN})
    assert answer.status_code == 200


def test_a_password_of_any_length_costs_one_answer(browser):
    browser.sign_in("ada", "x" * 257)
    assert "Use at most 256 characters." in browser.text


def test_the_session_look_up_is_one_select(browser, app, make):
    browser.sign_in(make.users.account().email, PASSWORD)
    seen = []
    with app.app_context():
        engine = db.engine

    def note(connection, cursor, statement, *rest):
        if "browser_sessions" in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    browser.http.get("/login")
    event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1
