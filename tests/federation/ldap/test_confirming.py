"""Confirming who one is by the password of a directory."""

import pytest

from tests.api.callers import Program, bearer, declined, problem
from tests.federation.ldap.company import ADDRESS
from tests.federation.ldap.slapd import PASSWORD

PATH = "/account/confirm"


@pytest.fixture
def browser(corp, ada, clock):
    """The browser of Ada, who signed in a while ago."""
    corp.set_up()
    browser = corp.sign_in()
    clock.tick(minutes=11)
    browser.open(PATH)
    return browser


@pytest.fixture
def program(http, corp, ada, clock):
    """A program of Ada's, who signed in a while ago."""
    corp.set_up()
    corp.make.clients.spa()
    program = Program(corp.app.test_client(use_cookies=False))  # http has set the host
    signed_in = program.post("/auth/login", {"login": ADDRESS, "password": PASSWORD})
    clock.tick(minutes=11)
    shown = {"refresh_token": signed_in.json["refresh_token"]}
    program.headers = bearer(program.post("/auth/refresh", shown).json)
    return program


def test_the_page_takes_it(browser):
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account"
    browser.open("/account/passkeys/new")
    assert browser.response.request.path == "/account/passkeys/new"


def test_and_no_other(browser, make):
    browser.submit(password="wrong")
    assert "This isn’t your password." in browser.text
    [failed] = make.records.audited("login.fail")
    assert failed[0] == "refused"


def test_nor_that_of_another_entry(browser, directory, make):
    directory.add_person("eve", userPassword="the password of Eve")
    browser.submit(password="the password of Eve")
    assert "This isn’t your password." in browser.text


def test_it_is_of_the_entry_whatever_its_names_are_now(browser, directory, ada):
    directory.change(ada, mail="other@corp.example", uid=["ada", "another"])
    browser.submit(password=PASSWORD)
    assert browser.response.request.path == "/account"


def test_while_the_directory_is_away_the_page_says_so(browser, corp, make):
    away = corp.directory.options(url="ldaps://localhost:9")
    make.providers.change("corp", ldap=away)
    for _ in range(12):
        browser.submit(password=PASSWORD)
        assert browser.response.status_code == 503
        assert "Corp can’t be reached" in browser.text


def test_programs_confirm_by_it(program, corp, make):
    refused = program.post(PATH, {"password": "wrong"})
    assert declined(refused) == "wrong_password"
    assert program.post(PATH, {"password": PASSWORD}).json["access_token"]


def test_programs_are_told_by_what_and_that_it_is_away(program, corp, make):
    asked = program.send("DELETE", "/api/auth/external/corp")
    assert problem(asked) == (403, "reauthentication_required")
    assert asked.json["methods"] == ["password"]
    away = corp.directory.options(url="ldaps://localhost:9")
    make.providers.change("corp", ldap=away)
    assert problem(program.post(PATH, {"password": PASSWORD})) == (
        503,
        "provider_away",
    )


def test_it_does_for_what_takes_a_password_itself(program):
    body = {"current_password": PASSWORD}
    assert program.post("/auth/delete-account", body).status_code == 204


def test_where_policies_allow_no_provider_it_confirms_nothing(browser, make):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    browser.open(PATH)
    assert "sign in again as usual" in browser.text


def test_of_two_entries_of_one_subject_none_is_meant(corp, directory, clock):
    corp.set_up(claims={"sub": "employeeNumber", "email": "mail"})
    directory.add_person("ada", employeeNumber="7")
    browser = corp.sign_in()
    directory.add_person("eve", employeeNumber="7")
    clock.tick(minutes=11)
    browser.open(PATH)
    browser.submit(password=PASSWORD)
    assert "This isn’t your password." in browser.text
