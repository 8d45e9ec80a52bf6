"""PUT /auth/change-password, and PUT /api/v1/account/password with the old password."""

import pytest

from tests.api.callers import bearer, cookies_set, declined, fields, problem

NEW = "ten quiet otters by the lake"
CHANGE, RESOURCE = "/auth/change-password", "/api/v1/account/password"
OLD_NAME = {CHANGE: "current_password", RESOURCE: "old"}
NEW_NAME = {CHANGE: "new_password", RESOURCE: "new"}
both = pytest.mark.parametrize("path", [CHANGE, RESOURCE])


def body(path, old, new=NEW):
    return {OLD_NAME[path]: old, NEW_NAME[path]: new}


def signs_in(program, account, password) -> bool:
    answer = program.post(
        "/auth/login", {"login": account.email, "password": password}, headers={}
    )
    return "access_token" in answer.json


@both
def test_the_token_that_asked_lives_on_and_others_do_not(program, make, path):
    ada = make.users.account()
    other, tokens = program.sign_in(ada), program.sign_in(ada)
    assert program.put(path, body(path, ada.password)).status_code == 204
    assert program.get("/auth/me").status_code == 200
    assert program.get("/auth/me", headers=bearer(other)).status_code == 401
    again = {"refresh_token": tokens["refresh_token"]}
    assert program.post("/auth/refresh", again).status_code == 401


@both
def test_a_password_that_was_handed_out_has_to_fit_when_it_is_given(
    program, make, path
):
    ada = make.users.account(must_change_password=True)
    program.sign_in(ada)
    wrong = program.put(path, body(path, "totally wrong"))
    assert declined(wrong) == "wrong_password"
    assert program.put(path, body(path, ada.password)).status_code == 204


@both
def test_the_new_password_holds_and_the_old_one_does_not(program, make, path):
    ada = make.users.account()
    tokens = program.sign_in(ada)
    answer = program.put(path, body(path, ada.password))
    assert (answer.status_code, answer.data) == (204, b"")
    refreshed = program.post(
        "/auth/refresh", {"refresh_token": tokens["refresh_token"]}
    )
    assert refreshed.status_code == 401
    program.headers = {}
    assert signs_in(program, ada, NEW)
    assert not signs_in(program, ada, ada.password)
    assert "password_changed" in [
        mail.kind for mail in make.records.mails_to(ada.email)
    ]


@both
def test_every_other_session_ends(program, spa, another_spa, make, path):
    ada = make.users.account()
    elsewhere = program.sign_in(ada)
    spa.sign_in(ada)
    another_spa.sign_in(ada)
    assert spa.put(path, body(path, ada.password)).status_code == 204
    assert another_spa.get("/auth/me").status_code == 401
    assert program.get("/auth/me", headers=bearer(elsewhere)).status_code == 401
    assert spa.get("/auth/me").status_code == 200


@both
def test_the_browser_goes_on_with_new_cookies(spa, make, path):
    ada = make.users.account()
    spa.sign_in(ada)
    held = spa.client.get_cookie("refresh_token", domain="idp.example").value
    answer = spa.put(path, body(path, ada.password))
    assert {"__Host-idp", "refresh_token"} <= set(cookies_set(answer))
    assert held not in cookies_set(answer)["refresh_token"]
    assert spa.post("/auth/refresh", {}).status_code == 200


def test_a_script_that_shows_its_token_keeps_its_cookies_too(spa, make):
    ada = make.users.account()
    tokens, path = spa.sign_in(ada), "/auth/change-password"
    answer = spa.put(path, body(path, ada.password), headers=bearer(tokens))
    assert answer.status_code == 204
    assert spa.get("/auth/me").status_code == 200
    assert spa.post("/auth/refresh", {}).status_code == 200


@both
def test_a_wrong_old_password_is_declined(program, make, path):
    ada = make.users.account()
    program.sign_in(ada)
    assert declined(program.put(path, body(path, "wrong"))) == "wrong_password"
    assert program.get("/auth/me").status_code == 200


@both
@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "too_short"),
        ("otter" * 60, "too_long"),
        ("qwertyuiop12", "too_common"),
    ],
)
def test_a_weak_password_is_400_with_the_reason(program, make, path, new, code):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.put(path, body(path, ada.password, new))
    assert problem(answer)[0] == 400
    assert set(fields(answer)) == {NEW_NAME[path]}
    assert signs_in(program, ada, ada.password)


@both
def test_the_same_password_again_is_400(program, make, path):
    ada = make.users.account()
    program.sign_in(ada)
    answer = program.put(path, body(path, ada.password, ada.password))
    assert fields(answer) == {NEW_NAME[path]: "unchanged"}


@both
def test_nobody_is_401(program, path):
    answer = program.put(path, body(path, "x"))
    assert problem(answer) == (401, "authentication_required")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@both
def test_a_cookie_needs_the_token_of_our_page(spa, make, path):
    ada = make.users.account()
    spa.sign_in(ada)
    answer = spa.bare("PUT", path, body(path, ada.password))
    assert problem(answer) == (403, "csrf_rejected")


def test_what_is_missing_is_named(program, make):
    program.sign_in(make.users.account())
    answer = program.put("/auth/change-password", {})
    assert fields(answer) == {"new_password": "required"}
    answer = program.put("/auth/change-password", {"new_password": NEW})
    assert fields(answer) == {"current_password": "required"}


def test_a_repetition_that_differs_is_400(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    path = "/auth/change-password"
    for repeated, status in ((NEW + "!", 400), (NEW, 204)):
        sent = {**body(path, ada.password), "new_password_confirm": repeated}
        answer = program.put(path, sent)
        assert answer.status_code == status
        if status == 400:
            assert fields(answer) == {"new_password_confirm": "mismatch"}


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_LOGIN_ACCOUNT_IP": "1/hour"}])
def test_a_session_is_no_place_to_guess_from(program, make):
    ada, path = make.users.account(), "/auth/change-password"
    program.sign_in(ada)
    assert declined(program.put(path, body(path, "wrong"))) == "wrong_password"
    answer = program.put(path, body(path, ada.password))
    assert problem(answer) == (429, "too_many_requests")
