"""Domains whose people sign in by their provider: before any password is looked at."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.rp import RelyingParty


@pytest.fixture
def corp(acme):
    acme(enforced=True, domains=["corp.example"], trust_email=True, link="verified")


@pytest.mark.parametrize("known", [True, False])
def test_the_domain_leads_to_the_provider(corp, browser, make, known, statements):
    if known:
        make.users.account("ada@corp.example")
    browser.open("/login")
    answer = browser.send(username="Ada@CORP.example", password="whatever it is")
    assert answer.location.startswith("http://127.0.0.1")
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["login_hint"] == ["Ada@CORP.example"]
    assert make.records.audited("login.fail") == []


def test_a_username_leads_there_too(corp, browser, make):
    make.users.account("ada@corp.example", username="ada")
    browser.open("/login")
    answer = browser.send(username="ada", password="whatever it is")
    assert answer.location.startswith("http://127.0.0.1")


def test_it_comes_back_into_the_request_that_waits(corp, traveller, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    traveller.browser.follow(rp.ask())
    away = traveller.browser.send(username="ada@corp.example", password="x")
    claims = {"email": "ada@corp.example", "email_verified": True, "sub": "ada"}
    back = traveller.come_back(traveller.peer.approve(away.location, **claims))
    assert rp.finish(back).claims["sub"] == make.records.user_id_of("ada@corp.example")


def test_others_sign_in_as_ever(corp, browser, make):
    ada = make.users.account("ada@else.example")
    browser.sign_in(ada.email, ada.password)
    assert browser.cookie()


def test_owners_are_excepted(corp, browser, make):
    owner = make.users.account("boss@corp.example", roles=["owner"])
    browser.sign_in(owner.email, owner.password)
    assert browser.cookie()


def test_what_is_no_address_goes_nowhere_else(corp, browser):
    browser.open("/login")
    answer = browser.send(username="a@b@@corp..example", password="x")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/auth/login", "/api/auth/login"])
def test_programs_are_told_so(corp, http, make, path):
    ada = make.users.account("ada@corp.example")
    answer = http.post(path, json={"email": ada.email, "password": ada.password})
    assert answer.json["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("environ", [{"IDP_IDENTIFIER_FIRST": "true"}])
def test_it_is_asked_on_the_first_page_where_there_are_two(corp, browser):
    browser.open("/login")
    answer = browser.send(username="ada@corp.example")
    assert answer.location.startswith("http://127.0.0.1")
