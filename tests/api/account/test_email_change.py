"""POST /account/email: switch to another address; one path with the page."""

import pytest

from tests.api.callers import declined, fields, problem

PATH, NEW = "/account/email", "new@example.com"


def body(account, **more):
    return {"new_email": NEW, "password": account.password} | more


@pytest.mark.parametrize("caller", ["program", "spa"])
def test_the_new_address_is_asked_and_the_old_one_told(request, make, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    answer = who.post(PATH, body(ada))
    assert (answer.status_code, answer.data) == (202, b"")
    assert make.records.mails_to(NEW)[-1].link.startswith("/email-change?")
    assert "email_change_notice" in [
        mail.kind for mail in make.records.mails_to(ada.email)
    ]
    assert who.get("/auth/me").json["user"]["email"] == ada.email


def test_a_wrong_password_is_declined(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    assert declined(program.post(PATH, body(ada, password="x"))) == "wrong_password"
    assert make.records.mails_to(NEW) == []


def test_what_is_missing_is_named(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    assert fields(program.post(PATH, {})) == {"new_email": "required"}
    assert fields(program.post(PATH, {"new_email": NEW})) == {"password": "required"}


def test_the_own_address_and_no_address_are_400(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.post(PATH, body(ada, new_email=ada.email))
    assert fields(answer) == {"new_email": "unchanged"}
    answer = program.post(PATH, body(ada, new_email="nowhere"))
    assert problem(answer) == (400, "invalid_input")
    assert set(fields(answer)) == {"new_email"}


def test_the_address_of_another_account_is_409(program, make):
    ada, bob = make.users.account(), make.users.account()
    program.sign_in(ada)
    answer = program.post(PATH, body(ada, new_email=bob.email))
    assert problem(answer) == (409, "email_taken")


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_server_does_not_tell_whose_address_it_is(program, make):
    ada, bob = make.users.account(), make.users.account()
    program.sign_in(ada)
    assert program.post(PATH, body(ada, new_email=bob.email)).status_code == 202


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "1/hour"}])
def test_a_session_is_no_place_to_guess_from(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    assert declined(program.post(PATH, body(ada, password="x"))) == "wrong_password"
    answer = program.post(PATH, body(ada))
    assert problem(answer) == (429, "too_many_requests")


def test_nobody_is_401(program):
    answer = program.post(PATH, {"new_email": NEW, "password": "x"})
    assert problem(answer) == (401, "authentication_required")


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    assert problem(spa.bare("POST", PATH, body(ada))) == (403, "csrf_rejected")
    assert make.records.mails_to(NEW) == []


@pytest.mark.parametrize("by", ["token", "code"])
def test_the_new_address_confirms_by_json_too(program, make, by):
    ada = make.users.account()
    program.sign_in(ada)
    program.post(PATH, body(ada))
    mail = make.records.mails_to(NEW)[-1]
    proof = {"token": mail.token} if by == "token" else {"email": NEW}
    if by == "code":
        proof["code"] = mail.code
    confirm = "/auth/email-verification"
    assert program.post(confirm, proof, headers={}).status_code == 204
    assert program.get("/auth/me").json["user"]["email"] == NEW
    again = program.post(confirm, proof, headers={})
    assert declined(again) == "token_invalid"
