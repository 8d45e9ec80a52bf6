"""Domains whose people sign in by their provider: before any password is looked at."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.rp import RelyingParty

PRIVATE = pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])


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


@PRIVATE
@pytest.mark.parametrize("whose", ["owner", "user", "nobody"])
@pytest.mark.parametrize("password", ["wrong", ""])
def test_privacy_sends_every_address_there_alike(corp, browser, make, whose, password):
    if whose != "nobody":
        roles = ["owner"] if whose == "owner" else []
        make.users.account("boss@corp.example", roles=roles)
    browser.open("/login")
    answer = browser.send(username="boss@corp.example", password=password)
    if password:
        assert answer.location == "/login/with/acme"
        answer = browser.http.get(answer.location)
    assert answer.location.startswith("http://127.0.0.1")


@PRIVATE
@pytest.mark.parametrize("known", [True, False])
def test_privacy_tells_of_no_username(corp, browser, make, known):
    if known:
        make.users.account("ada@corp.example", username="ada")
    browser.open("/login")
    answer = browser.send(username="ada", password="whatever it is")
    assert answer.status_code == 200
    assert "isn’t right" in answer.text


@PRIVATE
@pytest.mark.parametrize("named", ["boss", "boss@corp.example"])
def test_privacy_lets_owners_in_by_their_password(corp, browser, make, named):
    owner = make.users.account("boss@corp.example", username="boss", roles=["owner"])
    browser.sign_in(named, owner.password)
    assert browser.cookie()


@PRIVATE
@pytest.mark.parametrize("named", ["ada", "ada@corp.example"])
def test_privacy_is_no_way_past_the_provider(corp, browser, make, named):
    ada = make.users.account("ada@corp.example", username="ada")
    browser.open("/login")
    browser.send(username=named, password=ada.password)
    assert not browser.cookie()


@PRIVATE
@pytest.mark.parametrize("path", ["/auth/login", "/api/auth/login"])
@pytest.mark.parametrize("roles", [[], ["owner"]])
def test_privacy_tells_programs_the_same_of_everybody(corp, http, make, path, roles):
    make.users.account("boss@corp.example", roles=roles)
    answers = [
        http.post(path, json={"email": email, "password": "wrong"}).json["error"]
        for email in ("boss@corp.example", "nobody@corp.example")
    ]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "method_not_allowed"


@PRIVATE
@pytest.mark.parametrize("path", ["/auth/login", "/api/auth/login"])
def test_privacy_lets_owners_in_by_programs(corp, http, make, path):
    owner = make.users.account("boss@corp.example", roles=["owner"])
    answer = http.post(path, json={"email": owner.email, "password": owner.password})
    assert answer.json.get("error") is None


@PRIVATE
def test_privacy_leads_back_into_the_request_that_waits(corp, traveller, make):
    rp = RelyingParty(traveller.browser.http, make.clients.client(first_party=True))
    traveller.browser.follow(rp.ask())
    sent = traveller.browser.send(username="ada@corp.example", password="x")
    away = traveller.browser.http.get(sent.location)
    claims = {"email": "ada@corp.example", "email_verified": True, "sub": "ada"}
    back = traveller.come_back(traveller.peer.approve(away.location, **claims))
    assert rp.finish(back).claims["sub"] == make.records.user_id_of("ada@corp.example")
