"""Who signs up with another's address keeps nothing once its owner confirms it."""

import pytest
from sqlalchemy import text

from idp.core.db import db
from tests.api.callers import Program, Spa, bearer, declined
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

VICTIM = "victim@example.com"
NEW = "seven loud geese in the rain"
LOGIN = {"login": VICTIM, "password": PASSWORD}
ACCOUNT = {"email": VICTIM, "password": PASSWORD}
CONFIRM, SUBMIT = "/auth/email-verification", "/api/auth/verify/submit"


@pytest.fixture
def program(app, http, make):
    """A program that keeps no cookies."""
    app.test_client_class = IssuerClient
    make.clients.spa()
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def stranger(program):
    """The tokens of who signed up with an address that is not theirs."""
    answer = program.post("/auth/register", ACCOUNT)
    assert answer.status_code == 201
    return answer.json


def opens(program, tokens):
    """Tell what of three still opens the account: access, refresh, password."""
    refresh = program.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    return (
        program.get("/auth/me", headers=bearer(tokens)).status_code == 200,
        "access_token" in (refresh.json or {}),
        "access_token" in program.post("/auth/login", LOGIN).json,
    )


def test_confirming_in_another_browser_leaves_the_stranger_nothing(
    program, stranger, another_browser, make
):
    owner = another_browser()
    owner.open(make.records.mail_to(VICTIM).link)
    owner.submit()
    assert owner.response.request.path == "/password-reset"
    assert opens(program, stranger) == (False, False, False)
    owner.submit(password=NEW)
    owner.sign_in(VICTIM, NEW)
    assert owner.open("/account").status_code == 200
    assert opens(program, stranger) == (False, False, False)


def test_the_browser_that_signed_up_keeps_its_password(browser, make):
    browser.open("/register")
    browser.submit(**ACCOUNT)
    browser.open(make.records.mail_to(VICTIM).link)
    browser.submit()
    assert browser.response.request.path == "/email-verification/done"
    user_id = make.records.user_id_of(VICTIM)
    assert make.records.user_row(user_id)["password_hash"]


def test_a_later_session_with_the_password_is_not_the_one_that_signed_up(
    program, stranger, browser, make
):
    code = make.records.mail_to(VICTIM).code
    browser.sign_in(VICTIM, PASSWORD)
    browser.submit("/email-verification", code=code)
    assert browser.response.request.path == "/password-reset"
    assert opens(program, stranger) == (False, False, False)


@pytest.mark.parametrize("path", [CONFIRM, SUBMIT])
def test_the_program_that_signed_up_says_so_by_the_value_it_got(
    program, stranger, make, path
):
    body = {
        "token": make.records.mail_to(VICTIM).token,
        "registration": stranger["registration"],
    }
    assert program.post(path, body).status_code in (200, 204)
    assert opens(program, stranger) == (True, True, True)


@pytest.mark.parametrize("path", [CONFIRM, SUBMIT])
def test_any_other_program_discards_the_password_and_its_owner_gets_a_link(
    program, stranger, make, path
):
    body = {"token": make.records.mail_to(VICTIM).token, "registration": "x" * 43}
    answer = program.post(path, body)
    assert answer.json in (None, {"status": "logout"})
    assert opens(program, stranger) == (False, False, False)
    assert make.records.mail_to(VICTIM).kind == "password_set"


def test_the_code_alone_discards_the_password_too(program, stranger, make):
    body = {"email": VICTIM, "code": make.records.mail_to(VICTIM).code}
    assert program.post(CONFIRM, body).status_code == 204
    assert opens(program, stranger) == (False, False, False)


def test_what_else_a_stranger_left_goes_too(program, browser, another_browser, make):
    browser.open("/register")
    browser.submit(**ACCOUNT)
    user_id = make.records.user_id_of(VICTIM)
    first = make.records.mail_to(VICTIM)
    browser.submit("/email-verification/change", email="thief@example.com")
    later = make.records.mail_to("thief@example.com")
    assert declined(program.post(CONFIRM, {"token": first.token})) == "token_invalid"
    browser.submit("/email-verification/change", email=VICTIM)
    owner = another_browser()
    owner.open(make.records.mail_to(VICTIM).link)
    owner.submit()
    assert declined(program.post(CONFIRM, {"token": later.token})) == "token_invalid"
    assert make.records.user_row(user_id)["email"] == VICTIM
    browser.open("/account")
    assert browser.response.request.path == "/login"


@pytest.mark.parametrize("way", ["confirm", "reset"])
def test_remembered_browsers_and_consents_go_with_the_stranger(
    app, browser, another_browser, make, way
):
    browser.open("/register")
    browser.submit(**ACCOUNT)
    user_id = make.records.user_id_of(VICTIM)
    client = make.clients.spa()
    with app.app_context():
        add = text(
            "INSERT INTO consents (user_id, client_id, scope, declined_scope,"
            " created_at, updated_at) VALUES (:u, :c, 'openid', '',"
            " '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
        )
        db.session.execute(add, {"u": user_id, "c": client.client_id})
        db.session.commit()
    owner = another_browser()
    if way == "confirm":
        owner.open(make.records.mail_to(VICTIM).link)
        owner.submit()
    else:
        owner.open("/forgot-password")
        owner.submit(email=VICTIM)
        owner.open(make.records.mail_to(VICTIM).link)
        owner.submit(password=NEW)
    with app.app_context():
        rows = text("SELECT count(*) FROM consents WHERE user_id = :u")
        assert db.session.execute(rows, {"u": user_id}).scalar_one() == 0
        rows = text("SELECT count(*) FROM known_devices WHERE user_id = :u")
        left = db.session.execute(rows, {"u": user_id}).scalar_one()
        assert left == (1 if way == "reset" else 0)


def test_a_password_that_an_admin_chose_outlives_the_confirmation(browser, make):
    account = make.users.account(VICTIM, email_verified=False)
    program_mail = browser
    program_mail.sign_in(account.email, PASSWORD)
    program_mail.submit("/email-verification", code=make.records.mail_to(VICTIM).code)
    assert make.records.user_row(account.id)["password_hash"]


def test_only_the_session_that_registered_gets_a_token(app, http, make):
    app.test_client_class = IssuerClient
    make.clients.spa()
    registered, other = Spa(app.test_client()), Spa(app.test_client())
    registered.post("/api/auth/register", ACCOUNT | {"confirmPassword": PASSWORD})
    body = {"token": make.records.mail_to(VICTIM).token}
    other.post("/api/auth/login", ACCOUNT)
    assert other.post(SUBMIT, body).json == {"status": "logout"}
    assert registered.client.get("/api/auth").json["status"] == "logout"
