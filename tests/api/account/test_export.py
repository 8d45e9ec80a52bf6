"""POST /account/export: everything held about the user, after a proof."""

import pytest

from tests.api.callers import declined, problem

PATH = "/account/export"


@pytest.mark.parametrize("caller", ["program", "spa"])
@pytest.mark.parametrize("with_password", [True, False])
def test_it_is_all_there_and_no_secret(request, make, caller, with_password):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    answer = who.post(PATH, {"password": ada.password} if with_password else {})
    assert answer.status_code == 200
    assert ada.email in answer.text
    assert "argon2" not in answer.text
    assert {"issuer", "exported_at"} < set(answer.json)


def test_a_sign_in_that_is_too_old_is_403_without_the_password(spa, make, clock):
    ada = make.users.account()
    spa.sign_in(ada)
    clock.tick(minutes=11)
    assert problem(spa.post(PATH, {})) == (403, "reauthentication_required")
    assert spa.post(PATH, {"password": ada.password}).status_code == 200


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "1/hour"}])
def test_a_wrong_password_is_declined_and_counted(program, make):
    program.sign_in(make.users.account())
    assert declined(program.post(PATH, {"password": "wrong"})) == "wrong_password"
    answer = program.post(PATH, {"password": "wrong"})
    assert problem(answer) == (429, "too_many_requests")


def test_nobody_is_401(program):
    assert problem(program.post(PATH, {})) == (401, "authentication_required")


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account())
    assert problem(spa.bare("POST", PATH, {})) == (403, "csrf_rejected")
