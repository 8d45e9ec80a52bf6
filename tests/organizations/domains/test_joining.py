"""Who has a proven address at the domain of an organization becomes a member, once."""

import pytest

from tests.api.callers import Program
from tests.organizations.domains.owned import DOMAIN

ADA = f"ada@{DOMAIN}"


def members(acme) -> list[str]:
    people = acme.path.removesuffix("domains") + "members"
    return [m["user"]["email"] for m in acme.program.get(people).json["items"]]


@pytest.fixture
def ada(make):
    return make.users.account(ADA)


def test_at_the_next_sign_in(acme, ada, enter, make):
    acme.own()
    assert members(acme) == ["boss@home.example"]
    enter(ada)
    assert members(acme) == ["boss@home.example", ADA]
    [told] = make.records.audited_details("member.added")
    assert told["member"] == ada.id


def test_at_the_proof_of_the_address(acme, browser, make):
    acme.own()
    browser.open("/register")
    browser.submit(email=ADA, password="correct horse battery staple")
    assert members(acme) == ["boss@home.example"]
    browser.open(make.records.mail_to(ADA).link.removeprefix("https://idp.example"))
    browser.submit()
    assert members(acme) == ["boss@home.example", ADA]


def test_not_with_an_address_that_nobody_has_proven(acme, enter, make):
    acme.own()
    enter(make.users.account(ADA, email_verified=False))
    assert members(acme) == ["boss@home.example"]


def test_nor_before_the_domain_is_proven_or_after_it_is_given_up(acme, ada, enter):
    acme.add()
    enter(ada)
    acme.publish(acme.shown()[0])
    acme.verify()
    acme.program.send("DELETE", f"{acme.path}/{DOMAIN}")
    enter(ada)
    assert members(acme) == ["boss@home.example"]


def test_nor_where_the_organization_does_not_want_that(acme, ada, enter):
    acme.own()
    changed = acme.program.send("PATCH", f"{acme.path}/{DOMAIN}", {"auto_join": False})
    assert changed.json["auto_join"] is False
    enter(ada)
    assert members(acme) == ["boss@home.example"]


@pytest.mark.parametrize("came", ["by domain", "before"])
def test_who_was_removed_does_not_come_back(acme, ada, enter, make, came):
    if came == "before":
        make.organizations.add(acme.id, ada)
    acme.own()
    if came == "by domain":
        enter(ada)
    assert ADA in members(acme)
    people = acme.path.removesuffix("domains") + "members"
    assert acme.program.send("DELETE", f"{people}/{ada.id}").status_code == 204
    enter(ada)
    assert members(acme) == ["boss@home.example"]


def test_not_into_an_organization_that_is_out_of_use(acme, ada, app, enter, make):
    acme.own()
    operator = enter(make.users.account("op@home.example", roles=["owner"]))
    path = acme.path.removesuffix("/domains")
    assert operator.send("PATCH", path, {"status": "disabled"}).status_code == 200
    enter(ada)
    operator.send("PATCH", path, {"status": "active"})
    assert members(acme) == ["boss@home.example"]
    Program(app.test_client(use_cookies=False)).sign_in(ada)
    assert ADA in members(acme)


def test_others_cost_no_statement_and_who_joined_one(acme, ada, app, make, statements):
    other = make.users.account("ada@else.example")

    def cost(account) -> int:
        program = Program(app.test_client(use_cookies=False))
        for _ in range(2):  # what the process keeps is read by the first
            program.sign_in(account)
        with statements() as seen:
            program.sign_in(account)
        return len(seen)

    before = cost(other)
    acme.own()
    assert (cost(other), cost(ada)) == (before, before + 1)
