"""Addresses of erased accounts, and usernames that were left, are kept for a month."""

from datetime import timedelta

import pytest

from idp.accounts.lifecycle.deletion import erase_due
from tests.api.callers import Program
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

PRIVATE = {"IDP_ACCOUNT_PRIVACY": "private"}
ADA = "ada@example.com"
REGISTER, PROFILE = "/auth/register", "/account/profile"


@pytest.fixture
def programs(app):
    """Make programs that keep no cookies."""
    app.test_client_class = IssuerClient
    return lambda: Program(app.test_client(use_cookies=False))


def new(email=ADA, **more):
    return {"email": email, "password": PASSWORD, **more}


def erase(app, program, clock, account):
    program.sign_in(account)
    gone = program.post("/auth/delete-account", {"current_password": PASSWORD})
    assert gone.status_code == 204
    clock.tick(days=14, seconds=1)
    with app.app_context():
        assert erase_due() == 1


def test_a_sign_up_says_until_when_an_address_is_kept(app, programs, make, clock):
    make.clients.spa()
    erase(app, programs(), clock, make.users.account(ADA, username="ada"))
    answer = programs().post(REGISTER, new())
    assert (answer.status_code, answer.json["code"]) == (409, "email_reserved")
    until = (clock.now + timedelta(days=30)).date()
    assert answer.json["until"].startswith(until.isoformat())
    [error] = answer.json["errors"]
    assert f"{until:%b} {until.day}, {until.year}" in error["message"]
    other = new("bob@example.com", username="ADA")
    assert programs().post(REGISTER, other).json["code"] == "username_taken"
    clock.tick(days=31)
    assert programs().post(REGISTER, new(username="ada")).status_code == 201


@pytest.mark.parametrize("environ", [PRIVATE])
def test_a_private_server_says_it_by_mail(app, programs, make, clock):
    make.clients.spa()
    erase(app, programs(), clock, make.users.account(ADA))
    assert programs().post(REGISTER, new()).status_code == 202
    mail = make.records.mail_to(ADA)
    assert mail.kind == "address_reserved"
    assert "kept until" in mail.text


def test_a_left_username_is_kept_for_its_owner(programs, make):
    make.clients.spa()
    ada, bob = programs(), programs()
    ada.sign_in(make.users.account(username="ada"))
    bob.sign_in(make.users.account(username="bob"))
    assert ada.send("PATCH", PROFILE, {"username": "countess"}).status_code == 200
    refused = bob.send("PATCH", PROFILE, {"username": "Ada"})
    assert (refused.status_code, refused.json["code"]) == (409, "username_taken")
    assert ada.send("PATCH", PROFILE, {"username": "ADA"}).status_code == 200
    assert bob.send("PATCH", PROFILE, {"username": "countess"}).status_code == 409


@pytest.mark.parametrize("environ", [{"IDP_RESERVED_USERNAMES": "root,Support"}])
def test_operators_keep_usernames_for_themselves(programs, make):
    make.clients.spa()
    for name in ("ROOT", "support"):
        answer = programs().post(REGISTER, new(username=name))
        assert answer.json["code"] == "username_taken"
    owner = programs()
    owner.sign_in(make.users.account(roles=["owner"]))
    made = owner.post("/api/users", new(username="support"))
    assert made.status_code == 201
