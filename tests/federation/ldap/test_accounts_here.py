"""Accounts of this server that have an address of a directory."""

import pytest

from tests.federation.ldap.company import ADDRESS, path_of, signed_in
from tests.federation.ldap.slapd import PASSWORD

WRONG = "isn’t right"


@pytest.fixture
def local(make, ada):
    """An account that was made here, by who may be another."""
    return make.users.account(ADDRESS)


def test_it_is_signed_in_to_first(corp, local):
    corp.set_up()
    browser = corp.sign_in()
    assert path_of(browser) == "/login/provider/known"
    assert not signed_in(browser)
    browser.open(browser.page.links[0])
    browser.submit(username=local.email, password=local.password)
    assert path_of(browser) == "/login/provider/link"
    assert corp.linked_users() == []
    browser.submit()
    assert corp.linked_users() == [local.id]


def test_programs_are_refused_where_nothing_would_link_it(http, corp, local):
    corp.set_up(link="never")
    body = {"login": local.email, "password": PASSWORD}
    answer = http.post("/auth/login", json=body).json
    assert answer["error"]["code"] == "provider_refused"
    body = {"email": local.email, "password": PASSWORD}
    answer = http.post("/api/auth/login", json=body).json
    assert answer["error"]["code"] == "provider_refused"
    assert corp.linked_users() == []


def test_it_is_linked_where_the_operator_trusts_addresses(corp, local, make):
    corp.set_up(link="verified")
    assert signed_in(corp.sign_in())
    assert corp.linked_users() == [local.id]
    assert make.records.audited("provider.linked") == [("ok", local.id)]


@pytest.mark.parametrize("fields", [{"trust_email": False}, {"link": "never"}])
def test_it_is_not_where_they_do_not(corp, local, fields):
    corp.set_up(**({"link": "verified"} | fields))
    assert not signed_in(corp.sign_in())
    assert corp.linked_users() == []


def test_one_with_a_role_is_never_linked_by_its_address(corp, ada, make):
    make.users.account(ADDRESS, roles=["admin"])
    corp.set_up(link="verified")
    assert not signed_in(corp.sign_in())
    assert corp.linked_users() == []


def test_one_that_nobody_has_proven_loses_its_password(corp, ada, make):
    stranger = make.users.account(ADDRESS, email_verified=False)
    corp.set_up(link="verified")
    assert signed_in(corp.sign_in())
    assert make.records.user_row(stranger.id)["password_hash"] is None


def test_until_then_its_own_password_opens_it(corp, local):
    corp.set_up()
    assert signed_in(corp.sign_in(local.email, local.password))


def test_where_the_domain_is_enforced_only_the_directory_does(corp, local):
    corp.set_up(enforced=True)
    assert WRONG in corp.sign_in(local.email, local.password).text


def test_an_owner_gets_in_all_the_same(corp, ada, make):
    owner = make.users.account(ADDRESS, roles=["owner"])
    corp.set_up({"url": "ldaps://localhost:9"}, enforced=True)
    assert signed_in(corp.sign_in(owner.email, owner.password))


def test_once_linked_its_own_password_counts_no_more(corp, local):
    corp.set_up(link="verified")
    corp.sign_in()
    browser = corp.sign_in(local.email, local.password)
    assert WRONG in browser.text
    assert not signed_in(browser)


def test_nor_where_policies_allow_no_provider(corp, local, make):
    corp.set_up(link="verified")
    corp.sign_in()
    make.policies.decide(sign_in_methods=["password"])
    assert WRONG in corp.sign_in(local.email, local.password).text


def test_a_right_password_there_forgives_no_wrong_ones_here(corp, local):
    corp.set_up()
    for _ in range(4):
        corp.sign_in(local.email, "wrong")
        corp.sign_in()
    for _ in range(10):
        browser = corp.sign_in(local.email, "wrong")
    assert browser.response.status_code == 429


@pytest.mark.parametrize(
    "environ", [{}, {"IDP_ACCOUNT_PRIVACY": "private"}], ids=["open", "private"]
)
def test_the_directory_of_an_enforced_domain_takes_usernames(corp, make, ada):
    account = make.users.account(ADDRESS, username="ada")
    corp.set_up(enforced=True)
    assert signed_in(corp.sign_in())
    assert corp.linked_users() == [account.id]
    assert signed_in(corp.sign_in("ada"))


@pytest.mark.parametrize(
    "environ", [{}, {"IDP_ACCOUNT_PRIVACY": "private"}], ids=["open", "private"]
)
@pytest.mark.parametrize("login", ["ada", ADDRESS])
def test_not_where_another_provider_has_the_domain_alone(corp, make, ada, login):
    make.users.account(ADDRESS, username="ada")
    corp.set_up(link="verified")
    assert signed_in(corp.sign_in(ADDRESS))
    known = {"domains": ["corp.example"], "enforced": True}
    make.providers.provider("acme", **known)
    assert not signed_in(corp.sign_in(login))
