"""Passwords that leaked elsewhere: new ones are refused, old ones by policy changed."""

import pytest

from tests.api.callers import Program, fields

OLD, NEW = "Password2024!!", "seven loud geese in the rain"
ADA = "ada@example.com"
AWAY = {
    "IDP_BREACHED_PASSWORDS": "range",
    "IDP_BREACHED_PASSWORDS_URL": "https://127.0.0.1:9",
}


@pytest.fixture
def program(http, make):
    make.clients.spa()
    return Program(http)


def sign_in(program, account):
    body = {"login": account.email, "password": account.password}
    return program.post("/auth/login", body, headers={})


def test_a_sign_up_with_one_is_refused(program):
    body = {"email": ADA, "password": OLD}
    assert fields(program.post("/auth/register", body)) == {"password": "leaked"}


def test_pages_say_it_beside_the_field(browser):
    browser.open("/register")
    browser.submit(email=ADA, password=OLD)
    assert "This password has leaked elsewhere" in browser.text


@pytest.mark.parametrize("environ", [{"IDP_BREACHED_PASSWORDS": "off"}])
def test_it_can_be_switched_off(program):
    body = {"email": ADA, "password": OLD}
    assert program.post("/auth/register", body).status_code == 201


def test_neither_a_change_nor_a_mailed_link_sets_one(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    body = {"current_password": ada.password, "new_password": OLD}
    refused = program.put("/auth/change-password", body)
    assert fields(refused) == {"new_password": "leaked"}
    program.post("/auth/password-reset/email", {"email": ada.email})
    sent = {"token": make.records.mail_to(ada.email).token, "password": OLD}
    answer = program.post("/auth/password-reset", sent, headers={})
    assert fields(answer) == {"password": "leaked"}


@pytest.mark.parametrize("environ", [AWAY])
def test_a_range_api_that_is_away_refuses_nobody(program):
    body = {"email": ADA, "password": NEW}
    assert program.post("/auth/register", body).status_code == 201


def test_one_in_use_signs_in_and_stays_unless_a_policy_says_otherwise(program, make):
    ada = make.users.account(password=OLD)
    sign_in(program, ada)
    assert not make.records.user_row(ada.id)["must_change_password"]


def test_by_policy_its_user_is_asked_for_another_first(program, make):
    make.policies.decide(leaked_password="change")
    ada = make.users.account(password=OLD)
    program.sign_in(ada)
    assert make.records.user_row(ada.id)["must_change_password"]
    assert make.records.audited("password.leaked") == [("ok", ada.id)]
    assert program.get("/account/sessions").json["code"] == "password_change_required"
    body = {"current_password": OLD, "new_password": NEW}
    assert program.put("/auth/change-password", body).status_code == 204
    assert not make.records.user_row(ada.id)["must_change_password"]


def test_pages_lead_to_a_new_one(browser, make):
    make.policies.decide(leaked_password="change")
    ada = make.users.account(password=OLD)
    browser.sign_in(ada.email, OLD)
    assert browser.response.request.path == "/account/password"
    assert "Others may know the password you have." in browser.text
    browser.submit(password=NEW)
    assert browser.response.request.path == "/account"


def test_wrong_and_good_passwords_ask_for_nothing(program, make):
    make.policies.decide(leaked_password="change")
    bob, ada = make.users.account(password=OLD), make.users.account()
    program.post("/auth/login", {"login": bob.email, "password": "Password2025!!"})
    sign_in(program, ada)
    for account in (ada, bob):
        assert not make.records.user_row(account.id)["must_change_password"]
    assert make.records.audited("password.leaked") == []


def test_a_sign_in_by_mail_asks_for_nothing(program, make):
    make.policies.decide(leaked_password="change")
    ada = make.users.account(ADA, password=OLD)
    request = program.post("/auth/magic-link", {"email": ADA}).json["request"]
    shown = {"token": make.records.mail_to(ADA).token, "request": request}
    assert "access_token" in program.post("/auth/sign-in/token", shown).json
    assert not make.records.user_row(ada.id)["must_change_password"]
