"""POST /auth/delete-account: out of use at once, with a way back."""

import pytest

from tests.api.callers import cookies_set, declined, fields, problem

PATH = "/auth/delete-account"


def body(account):
    return {"current_password": account.password}


@pytest.mark.parametrize("caller", ["program", "spa"])
def test_the_account_is_out_of_use_and_can_be_kept(request, make, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    answer = who.post(PATH, body(ada))
    assert (answer.status_code, answer.data) == (204, b"")
    assert who.get("/auth/me").status_code == 401
    assert make.records.user_row(ada.id)["status"] == "deleting"
    assert make.records.mails_to(ada.email)[-1].link.startswith(
        "/account/deletion/undo?"
    )
    who.headers = {}
    sign_in = {"login": ada.email, "password": ada.password}
    assert declined(who.post("/auth/login", sign_in)) == "account_deleting"


def test_the_cookies_go(spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    cookies = cookies_set(spa.post(PATH, body(ada)))
    assert {"__Host-idp", "refresh_token"} <= set(cookies)
    assert spa.client.get_cookie("__Host-idp", domain="idp.example") is None


def test_every_other_session_ends(program, spa, make):
    ada = make.users.account()
    program.sign_in(ada)
    spa.sign_in(ada)
    assert program.post(PATH, body(ada)).status_code == 204
    assert spa.get("/auth/me").status_code == 401


def test_a_wrong_password_is_declined(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.post(PATH, {"current_password": "wrong"})
    assert declined(answer) == "wrong_password"
    assert make.records.user_row(ada.id)["status"] == "active"


def test_a_missing_password_is_400(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    assert fields(program.post(PATH, {})) == {"current_password": "required"}
    assert make.records.user_row(ada.id)["status"] == "active"


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "1/hour"}])
def test_a_session_is_no_place_to_guess_from(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.post(PATH, {"current_password": "wrong"})
    assert declined(answer) == "wrong_password"
    assert problem(program.post(PATH, body(ada))) == (429, "too_many_requests")


def test_nobody_is_401(program):
    answer = program.post(PATH, {"current_password": "x"})
    assert problem(answer) == (401, "authentication_required")


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    assert problem(spa.bare("POST", PATH, body(ada))) == (403, "csrf_rejected")
    assert make.records.user_row(ada.id)["status"] == "active"


@pytest.mark.parametrize(("minutes", "status"), [(9, 204), (11, 403)])
def test_without_a_password_the_sign_in_has_to_be_fresh(
    spa, make, clock, minutes, status
):
    ada = make.users.account(password=None)
    token = make.browsers.session(ada)
    spa.client.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
    clock.tick(minutes=minutes)
    answer = spa.post(PATH, {})
    assert answer.status_code == status
    if status == 403:
        assert problem(answer) == (403, "reauthentication_required")
