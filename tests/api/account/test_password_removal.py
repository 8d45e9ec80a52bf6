"""DELETE /account/password: go without a password where a passkey is left."""

import pytest

from tests.api.callers import Program, declined, problem
from tests.authenticator import add_passkey, sign_in_by

PATH = "/account/password"
callers = pytest.mark.parametrize("caller", ["program", "spa"])


@pytest.fixture
def ada(make):
    return make.users.account()


def password_of(caller):
    return caller.get("/auth/me").json["credentials"]["password"]


@callers
def test_who_has_a_passkey_may_go_without(request, app, ada, caller):
    who = request.getfixturevalue(caller)
    who.sign_in(ada)
    key = add_passkey(who)
    assert who.send("DELETE", PATH).status_code == 204
    assert password_of(who) is False  # the session goes on
    other = Program(app.test_client(use_cookies=False))
    body = {"login": ada.email, "password": ada.password}
    assert declined(other.post("/auth/login", body)) == "invalid_credentials"
    assert sign_in_by(other, key).json["user"]["id"] == ada.id
    assert problem(who.send("DELETE", PATH)) == (404, "no_password")


def test_the_last_way_in_stays(program, ada, make):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    program.sign_in(ada)
    assert problem(program.send("DELETE", PATH)) == (409, "last_way_in")
    key = add_passkey(program)
    make.policies.decide(sign_in_methods=["password"])
    assert problem(program.send("DELETE", PATH)) == (409, "last_way_in")
    make.policies.decide(sign_in_methods=["password", "passkey"])
    assert "access_token" in sign_in_by(program, key).json
    key.count = 0
    sign_in_by(program, key)  # a copy: it opens nothing any more
    assert problem(program.send("DELETE", PATH)) == (409, "last_way_in")
    assert password_of(program) is True


def test_mail_is_a_way_in_while_it_is_allowed_to_a_proven_address(program, make):
    unproven = make.users.account(email_verified=False)
    program.sign_in(unproven)
    assert problem(program.send("DELETE", PATH)) == (409, "last_way_in")
    program.sign_in(make.users.account())
    make.policies.decide(sign_in_methods=["password", "link"])
    assert problem(program.send("DELETE", PATH)) == (409, "last_way_in")
    make.policies.decide(sign_in_methods=["password", "magic_link"])
    assert program.send("DELETE", PATH).status_code == 204


def test_it_wants_a_proof_of_the_last_minutes(spa, ada, clock):
    spa.sign_in(ada)
    add_passkey(spa)
    clock.tick(minutes=11)
    late = problem(spa.send("DELETE", PATH))
    assert late == (403, "reauthentication_required")


def test_every_other_session_ends_and_the_owner_is_told(program, spa, ada, make):
    spa.sign_in(ada)
    program.sign_in(ada)
    add_passkey(program)
    program.send("DELETE", PATH)
    assert spa.get("/auth/me").status_code == 401
    mail = make.records.mail_to(ada.email)
    assert (mail.kind, mail.link) == ("password_removed", "/forgot-password")
    events = [item["event"] for item in program.get("/account/activity").json["items"]]
    assert "password.removed" in events


def test_a_mailed_link_sets_one_again(program, another_spa, ada, make):
    program.sign_in(ada)
    add_passkey(program)
    program.send("DELETE", PATH)
    another_spa.post("/auth/password-reset/email", {"email": ada.email})
    token = make.records.mail_to(ada.email).token
    body = {"token": token, "password": "seven loud geese in the rain"}
    assert another_spa.post("/auth/password-reset", body).status_code == 204
    assert "user" in another_spa.sign_in(ada, password=body["password"])
