"""Providers of organizations: for addresses of their proven domains, and no others."""

from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program, declined
from tests.authenticator import add_passkey, sign_in_by
from tests.federation.travellers import subjects_of
from tests.issuer import IssuerClient
from tests.pages import passkeys
from tests.rp import RelyingParty

ADA = "ada@corp.example"
VERIFIED = {"email": ADA, "email_verified": True}


@pytest.fixture
def app(app):
    """The app with the key that signs access tokens."""
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def corp(make):
    """An organization that has proven corp.example."""
    made = make.organizations.organization(make.users.account("boss@home.example"))
    make.organizations.own_domain(made, "corp.example")
    return made


@pytest.fixture
def its_own(acme, corp):
    """The organization's own provider."""
    acme(organization_id=corp, trust_email=True, link="verified")


@pytest.fixture
def enforced(its_own, corp, make):
    make.organizations.own_domain(corp, "corp.example", provider_id="acme")


def come_by(traveller, **claims):
    """Sign in at the provider, whose address an organization tells its people."""
    away = traveller.browser.http.get("/login/with/acme").location
    return traveller.come_back(traveller.peer.approve(away, **claims))


def test_it_is_not_shown_to_everybody(its_own, browser):
    browser.open("/login")
    assert "Acme" not in browser.text
    assert browser.http.get("/login/with/acme").status_code == 302


def test_it_is_shown_to_who_names_an_address_there_or_goes_to_its_organization(
    its_own, corp, browser, app, make
):
    make.users.account(ADA)
    browser.open("/login")
    browser.submit(username=ADA, password="not this one")
    assert "Continue with Acme" in browser.text
    browser.submit(username="ada@else.example", password="not this one")
    assert "Acme" not in browser.text
    client = make.clients.web_client()
    query = urlencode(RelyingParty(browser.http, client).parameters(organization=corp))
    browser.open(f"/oauth2/authorize?{query}")
    assert "Continue with Acme" in browser.text
    program = Program(app.test_client(use_cookies=False))
    checked = program.post("/auth/check-email", {"email": ADA}).json
    assert "provider:acme" in checked["methods"]
    hinted = program.post("/auth/login-methods", {"login_hint": ADA}).json
    assert [each["id"] for each in hinted["providers"]] == ["acme"]
    assert program.post("/auth/login-methods", {}).json["providers"] == []


def test_who_has_an_address_there_signs_up_and_joins(its_own, traveller, make, app):
    come_by(traveller, **VERIFIED)
    assert traveller.signed_in
    memberships = traveller.browser.http.get("/auth/me").json["memberships"]
    assert [each["role"] for each in memberships] == ["owner", "member"]


@pytest.mark.parametrize("email", ["ada@else.example", "ada@sub.corp.example"])
def test_another_address_is_refused(its_own, traveller, make, email):
    make.users.account("ada@else.example")
    come_by(traveller, email=email, email_verified=True)
    assert not traveller.signed_in
    assert "none of those that can sign in here" in traveller.browser.text


def test_nor_is_one_once_the_domain_is_lost(its_own, corp, traveller, app, make):
    make.organizations.disown_domain(corp, "corp.example")
    come_by(traveller, **VERIFIED)
    assert not traveller.signed_in


def test_an_account_with_a_role_is_never_opened(its_own, traveller, app, make):
    admin = make.users.account(ADA, roles=["admin"])
    come_by(traveller, **VERIFIED)
    assert not traveller.signed_in
    make.providers.link("acme", admin.id, subject="248289761001")
    come_by(traveller, sub="248289761001", **VERIFIED)
    assert not traveller.signed_in
    traveller.browser.sign_in(admin.email, admin.password)
    traveller.browser.open("/account/links")
    assert subjects_of(app, admin.id) == ["248289761001"]


def test_nor_one_that_another_organization_has_the_domain_of(
    its_own, traveller, app, make
):
    other = make.organizations.organization(make.users.account("other@home.example"))
    make.organizations.own_domain(other, "rival.example")
    victim = make.users.account("vic@rival.example")
    make.providers.link("acme", victim.id, subject="taken-over")
    come_by(traveller, sub="taken-over", **VERIFIED)
    assert not traveller.signed_in


def test_who_is_signed_in_with_another_address_links_nothing(
    its_own, traveller, app, make
):
    someone = make.users.account("someone@else.example")
    traveller.browser.sign_in(someone.email, someone.password)
    come_by(traveller, sub="new", **VERIFIED)
    assert subjects_of(app, someone.id) == []
    assert "none of those that can sign in here" in traveller.browser.text


def test_enforced_at_its_domain_it_is_the_only_way_in(enforced, browser, make):
    make.users.account(ADA)
    browser.open("/login")
    answer = browser.send(username=ADA, password="whatever it is")
    assert answer.location.startswith("http://127.0.0.1")


def test_a_passkey_from_before_is_refused_and_leads_to_the_provider(
    its_own, corp, http, app, make
):
    ada = make.users.account(ADA)
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    passkey = add_passkey(program)
    make.organizations.own_domain(corp, "corp.example", provider_id="acme")
    stranger = Program(app.test_client(use_cookies=False))
    assert declined(sign_in_by(stranger, passkey)) == "method_not_allowed"
    answer = passkeys.sign_in(http, passkey)
    assert answer.location.startswith("/login/with/acme")
    assert make.records.audited("passkey.refused") == [("refused", ada.id)] * 2


def test_not_for_who_holds_a_role(enforced, browser, make):
    support = make.users.account(ADA, roles=["support"])
    make.providers.link("acme", support.id, subject="x")
    browser.sign_in(support.email, support.password)
    assert browser.cookie()


def test_a_provider_of_others_is_not_enforced(acme, corp, browser, make):
    acme()
    make.organizations.own_domain(corp, "corp.example", provider_id="acme")
    account = make.users.account(ADA)
    browser.sign_in(account.email, account.password)
    assert browser.cookie()


def test_owners_say_so_and_others_may_not(its_own, corp, app, make):
    boss = make.users.account("second@home.example")
    make.organizations.add(corp, boss, "owner")
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(boss)
    path = f"/api/organizations/{corp}/domains/corp.example"
    answer = program.send("PATCH", path, {"provider": "acme"})
    assert answer.json["provider"] == "acme"
    assert program.send("PATCH", path, {"auto_join": True}).json["provider"] == "acme"
    assert program.send("PATCH", path, {"provider": None}).json["provider"] is None
    make.providers.provider("other", issuer="https://other.example")
    refused = program.send("PATCH", path, {"provider": "other"})
    assert (refused.status_code, refused.json["code"]) == (404, "unknown_provider")
