"""People who sign in with the password of their directory."""

from types import SimpleNamespace

import pytest

from idp.core.clock import utcnow
from idp.federation.ldap_members import ATTRIBUTES
from tests.federation.ldap.company import ADDRESS, groups_of, path_of, signed_in
from tests.federation.ldap.slapd import BASE, PASSWORD

WRONG = "isn’t right"


def test_the_first_sign_in_makes_an_account_without_a_password(corp, ada, make):
    corp.set_up()
    assert signed_in(corp.sign_in())
    [user_id] = corp.linked_users()
    user = make.records.user_row(user_id)
    assert (user["email"], user["name"]) == (ADDRESS, "Ada of Corp")
    assert user["email_verified_at"]
    assert user["password_hash"] is None
    assert make.records.audited("provider.login") == [("ok", user_id)]
    assert make.records.audited("login.ok") == [("ok", user_id)]


def test_an_entry_tells_attributes_at_each_sign_in(corp, ada, make):
    make.attributes.define("login")
    make.attributes.define("mailbox", editable_by="admin")
    told = {"attributes.login": "uid", "attributes.mailbox": "mail"}
    corp.set_up(claims=ATTRIBUTES | told)
    corp.sign_in()
    [user_id] = corp.linked_users()
    made = {"login": "ada", "mailbox": ADDRESS}
    assert make.records.user_row(user_id)["attributes"] == made
    make.attributes.give(user_id, login="countess", mailbox=None)
    corp.sign_in()
    after = {"login": "countess", "mailbox": ADDRESS}
    assert make.records.user_row(user_id)["attributes"] == after


def test_the_next_one_finds_it_by_address_and_by_username(corp, ada):
    corp.set_up()
    corp.sign_in()
    for login in ("ADA@corp.example", "ada"):
        assert signed_in(corp.sign_in(login))
    assert len(corp.linked_users()) == 1


@pytest.mark.parametrize("password", ["wrong", PASSWORD + "x", "*"])
def test_a_wrong_password_is_refused_like_any(corp, ada, make, password):
    corp.set_up()
    browser = corp.sign_in(password=password)
    assert WRONG in browser.text
    assert not signed_in(browser)
    assert make.records.counted("login.fail") == 1
    assert corp.linked_users() == []


@pytest.mark.parametrize(
    "login", ["*@corp.example", "ada)(uid=*@corp.example", "*)(mail=*@corp.example"]
)
def test_nobody_gets_in_by_a_filter(corp, ada, login):
    corp.set_up({"unknown_logins": "true"})
    assert WRONG in corp.sign_in(login).text
    assert corp.linked_users() == []


def test_an_empty_password_signs_nobody_in(http, corp, ada):
    corp.set_up()
    assert not signed_in(corp.sign_in(password=""))
    body = {"login": ADDRESS, "password": ""}
    assert "access_token" not in http.post("/auth/login", json=body).json
    assert corp.linked_users() == []


def test_logins_that_nobody_has_are_looked_for_where_the_operator_says_so(corp, ada):
    corp.set_up(domains=[])
    assert WRONG in corp.sign_in("ada").text


def test_then_they_sign_up(corp, ada):
    corp.set_up({"unknown_logins": "true"}, domains=[])
    assert signed_in(corp.sign_in("ada"))


def test_who_is_removed_in_the_directory_gets_in_no_more(corp, ada, directory):
    corp.set_up()
    corp.sign_in()
    directory.remove(ada)
    browser = corp.sign_in()
    assert WRONG in browser.text
    assert not signed_in(browser)


def test_who_gets_the_address_later_does_not_get_the_account(corp, ada, directory):
    corp.set_up()
    corp.sign_in()
    directory.remove(ada)
    directory.add_person("ada", cn="Another")
    assert not signed_in(corp.sign_in())
    assert len(corp.linked_users()) == 1


def test_groups_follow_the_directory_at_each_sign_in(corp, ada, directory, make):
    for name in ("developers", "staff", "by-hand"):
        make.groups.group(name)
    mapped = {"engineers": "developers", "all": "staff"}
    corp.set_up(groups_claim="cn", groups=mapped)
    directory.add_group("engineers", ada)
    directory.add_group("all", ada)
    browser = corp.sign_in()
    make.groups.add("by-hand", make.records.user_id_of(ADDRESS))
    assert groups_of(browser) == ["by-hand", "developers", "staff"]
    directory.remove(f"cn=engineers,ou=groups,{BASE}")
    assert groups_of(corp.sign_in()) == ["by-hand", "staff"]


def test_a_second_factor_stays_due(corp, ada, make):
    corp.set_up()
    corp.sign_in()
    user_id = make.records.user_id_of(ADDRESS)
    make.users.enrol(SimpleNamespace(id=user_id), "totp")
    browser = corp.sign_in()
    assert path_of(browser).startswith("/login/")
    assert not signed_in(browser)


def test_closed_registration_makes_no_account(corp, ada, make):
    make.policies.decide(registration="closed")
    corp.set_up()
    browser = corp.sign_in()
    assert "can’t be created" in browser.text
    assert corp.linked_users() == []


def test_who_has_no_address_there_says_one(corp, directory):
    directory.add_person("eve", mail="none")
    corp.set_up({"unknown_logins": "true"}, domains=[])
    browser = corp.sign_in("eve")
    assert path_of(browser) == "/register/provider"
    browser.submit(email="eve@example.com")
    assert signed_in(browser)
    assert len(corp.linked_users()) == 1


def test_it_is_asked_for_on_a_second_page_too(corp, ada, make):
    make.policies.decide(identifier_first=True)
    corp.set_up()
    for _ in ("the first time", "with an account"):
        browser = corp.new()
        browser.open("/login")
        browser.submit(username=ADDRESS)
        browser.submit(password=PASSWORD)
        assert signed_in(browser)


def test_tries_are_limited(corp, ada):
    corp.set_up()
    for _ in range(10):
        corp.sign_in(password="wrong")
    browser = corp.sign_in()
    assert browser.response.status_code == 429
    assert not signed_in(browser)


def test_a_directory_that_is_switched_off_is_not_asked(corp, ada):
    corp.set_up(disabled_at=utcnow())
    assert WRONG in corp.sign_in().text


def test_a_policy_without_providers_is_one_without_directories(corp, ada, make):
    corp.set_up()
    make.policies.decide(sign_in_methods=["password"])
    assert WRONG in corp.sign_in().text


def test_without_a_directory_a_sign_in_costs_what_it_did(http, make, statements):
    local = make.users.account()
    body = {"login": local.email, "password": local.password}
    http.post("/auth/login", json=body)
    with statements() as alone:
        http.post("/auth/login", json=body)
    make.providers.provider("acme")
    http.post("/auth/login", json=body)
    with statements() as beside:
        http.post("/auth/login", json=body)
    assert alone == beside
