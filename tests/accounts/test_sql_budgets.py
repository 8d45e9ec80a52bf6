"""How many statements signing up and in cost, caches warm (architecture.md §5)."""

import pytest

from tests.make_users import PASSWORD
from tests.rp import RelyingParty

REGISTER = "/auth/register"
# A try, before its password is judged and after: on connections of their own.
COUNTED = ["INSERT", "COMMIT", "UPDATE", "COMMIT"]


@pytest.fixture(autouse=True)
def warm(make):
    """The key that signs the tokens of sign-ins."""
    make.clients.spa()


def new_account(email):
    return {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}


def test_a_sign_up_by_json_costs_twelve_statements(http, statements):
    http.post(REGISTER, json=new_account("first@example.com"))
    with statements() as seen:
        answer = http.post(REGISTER, json=new_account("ada@example.com"))
    assert answer.status_code == 201
    assert seen[:2] == ["INSERT", "COMMIT"]  # the limit, on a connection of its own
    assert sorted(seen[2:]) == ["COMMIT", *["INSERT"] * 10, "SELECT"]


def test_a_sign_in_on_a_page_costs_seven_statements_besides_counting_its_try(
    browser, make, statements
):
    spa, ada = make.clients.spa(), make.users.account()
    browser.sign_in(ada.email, ada.password)
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    rp = RelyingParty(browser.http, spa)
    browser.follow(rp.ask())
    with statements() as seen:
        answer = browser.send(username=ada.email, password=ada.password)
    assert answer.status_code == 303
    assert seen[:4] == ["SELECT"] * 4
    assert seen[4:8] == COUNTED
    assert seen[8:] == ["INSERT", "INSERT", "UPDATE", "COMMIT"]


def test_a_sign_in_in_a_new_browser_costs_one_more_and_a_mail(
    browser, another_browser, make, statements
):
    spa, ada = make.clients.spa(), make.users.account()
    another_browser().sign_in(ada.email, ada.password)
    browser.follow(RelyingParty(browser.http, spa).ask())
    with statements() as seen:
        answer = browser.send(username=ada.email, password=ada.password)
    assert answer.status_code == 303
    assert seen[:3] == ["SELECT"] * 3
    assert seen[3:7] == COUNTED
    assert seen[7:] == [*["INSERT"] * 4, "UPDATE", "COMMIT"]


def test_who_am_i_costs_three_selects(http, make, statements):
    ada = make.users.account()
    login = {"login": ada.email, "password": ada.password}
    token = http.post("/auth/login", json=login).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    http.get("/auth/me", headers=headers)  # which providers there are is kept from now
    with statements() as seen:
        assert http.get("/auth/me", headers=headers).status_code == 200
    assert seen == ["SELECT", "SELECT", "SELECT", "COMMIT"]


def test_a_token_costs_one_select_where_no_policy_asks_for_a_factor(
    http, make, statements
):
    ada = make.users.account()
    login = {"login": ada.email, "password": ada.password}
    token = http.post("/auth/login", json=login).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    http.get("/auth/me", headers=headers)  # when tokens were void is kept from now
    with statements() as seen:
        answer = http.get("/account/trusted-browsers", headers=headers)
    assert answer.status_code == 200
    assert seen == ["SELECT", "SELECT", "COMMIT"]  # the token, the list
