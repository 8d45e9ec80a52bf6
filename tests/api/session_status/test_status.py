"""/api/auth: the session status API of single-page front ends."""

import pytest

from tests.api.callers import bearer, cookies_set, declined, fields, problem

PASSWORD = "nine quiet otters by the lake"
NEW = "ten quiet otters by the lake"
ADA = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.org",
    "password": PASSWORD,
    "confirmPassword": PASSWORD,
}
FETCH = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
BOTH = {"__Host-idp", "refresh_token"}


def status(caller) -> str:
    return caller.get("/api/auth").json["status"]


def token_of(answer) -> dict[str, str]:
    return bearer({"access_token": answer.json["token"]})


def test_nobody_is_signed_out(program):
    assert program.get("/api/auth").json == {"status": "logout", "auth": None}


def test_who_registers_has_to_confirm_the_address(spa, program, make):
    answer = spa.post("/api/auth/register", ADA)
    assert answer.status_code == 200
    assert set(answer.json) == {"status", "token", "registration"}
    assert answer.json["status"] == status(spa) == "email_not_verified"
    assert set(cookies_set(answer)) >= BOTH
    me = program.get("/auth/me", headers=token_of(answer)).json["user"]
    assert (me["given_name"], me["family_name"]) == ("Ada", "Lovelace")
    assert me["email"] == "ada@example.org"


def test_auth_is_what_the_tokens_say(spa, program, make):
    ada = make.users.account()
    spa.sign_in(ada)
    auth = spa.get("/api/auth").json["auth"]
    assert (auth["sub"], auth["client_id"]) == (ada.id, "idp-account")
    assert (auth["aud"], auth["scope"]) == ("https://idp.example/account", "account")
    assert auth["amr"] == ["pwd"]
    tokens = program.sign_in(ada)
    answer = program.get("/api/auth", headers=bearer(tokens)).json
    assert (answer["status"], answer["auth"]["sub"]) == ("ok", ada.id)
    assert answer["auth"]["sid"] != auth["sid"]


def test_a_bad_token_is_401(program):
    answer = program.get("/api/auth", headers={"Authorization": "Bearer x"})
    assert problem(answer) == (401, "invalid_token")


@pytest.mark.parametrize("remember", [True, False])
@pytest.mark.parametrize("path", ["register", "login"])
def test_remember_decides_whether_cookies_outlive_the_browser(
    spa, make, remember, path
):
    make.users.account("bob@example.org", password=PASSWORD)
    login = {"email": "bob@example.org", "password": PASSWORD}
    body = {**(ADA if path == "register" else login), "remember": remember}
    sent = cookies_set(spa.post(f"/api/auth/{path}", body))
    assert [("Max-Age=" in sent[name]) for name in sorted(BOTH)] == [remember] * 2


def test_who_signs_in_gets_status_token_and_cookies(spa, program, make):
    ada = make.users.account()
    body = {"email": ada.email, "password": ada.password}
    answer = spa.post("/api/auth/login", body)
    assert answer.json["status"] == "ok"
    assert program.get("/auth/me", headers=token_of(answer)).status_code == 200
    assert spa.post("/auth/refresh").status_code == 200


def test_a_wrong_password_is_declined(program, make):
    ada = make.users.account()
    for login in (ada.email, "nobody@example.org"):
        answer = program.post("/api/auth/login", {"email": login, "password": "wrong"})
        assert declined(answer) == "invalid_credentials"
        assert BOTH.isdisjoint(cookies_set(answer))


def test_what_is_missing_or_different_is_named(program):
    answer = program.post("/api/auth/register", {})
    wanted = ADA.keys() - {"firstName", "lastName"}
    assert fields(answer) == dict.fromkeys(wanted, "required")
    answer = program.post("/api/auth/register", {**ADA, "confirmPassword": "x"})
    assert fields(answer) == {"confirmPassword": "mismatch"}
    answer = program.post("/api/auth/register", {**ADA, "firstName": "A" * 300})
    assert "firstName" in fields(answer)
    answer = program.post("/api/auth/login", {})
    assert fields(answer) == {"email": "required", "password": "required"}


def test_a_taken_address_is_409(program, make):
    make.users.account("ada@example.org")
    assert problem(program.post("/api/auth/register", ADA)) == (409, "email_taken")


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_server_tells_nobody(program, make):
    make.users.account("ada@example.org")
    for address in ("ada@example.org", "new@example.org"):
        answer = program.post("/api/auth/register", {**ADA, "email": address})
        assert answer.status_code == 202
        assert answer.json["status"] == "verification_sent"
        assert len(answer.json["registration"]) == 43
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_a_closed_server_takes_nobody(program):
    answer = program.post("/api/auth/register", ADA)
    assert problem(answer) == (403, "registration_closed")


@pytest.mark.parametrize("path", ["register", "login"])
def test_a_browser_needs_the_token_of_our_page(spa, make, path):
    spa.client.get("/auth/csrf")
    answer = spa.bare("POST", f"/api/auth/{path}", ADA)
    assert problem(answer) == (403, "csrf_rejected")


def test_signing_out_is_always_the_same(spa, program, make):
    spa.sign_in(make.users.account())
    for caller in (spa, spa, program):
        answer = caller.post("/api/auth/logout")
        assert (answer.status_code, answer.json) == (200, {"status": "logout"})
    assert status(spa) == "logout"
    assert spa.post("/auth/refresh").status_code == 401


def test_signing_out_by_token_ends_its_session(program, make):
    program.sign_in(make.users.account())
    assert program.post("/api/auth/logout").json == {"status": "logout"}
    assert problem(program.get("/auth/me")) == (401, "invalid_token")
    assert program.post("/api/auth/logout").json == {"status": "logout"}


def test_signing_out_by_cookie_needs_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account())
    answer = spa.bare("POST", "/api/auth/logout")
    assert problem(answer) == (403, "csrf_rejected")
    assert status(spa) == "ok"


def test_a_fetch_of_our_own_page_signs_out_by_get(spa, make):
    spa.sign_in(make.users.account())
    answer = spa.client.get("/api/auth/logout", headers=FETCH)
    assert (answer.status_code, answer.json) == (200, {"status": "logout"})
    assert status(spa) == "logout"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        FETCH | {"Sec-Fetch-Mode": "navigate"},
        FETCH | {"Sec-Fetch-Site": "same-site"},
        FETCH | {"Sec-Fetch-Site": "cross-site"},
        FETCH | {"Sec-Fetch-Site": "none"},
        FETCH | {"Sec-Purpose": "prefetch"},
        FETCH | {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_any_other_get_changes_nothing(spa, make, headers):
    spa.sign_in(make.users.account())
    answer = spa.client.get("/api/auth/logout", headers=headers)
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
    assert spa.client.head("/api/auth/logout", headers=FETCH).status_code == 405
    assert status(spa) == "ok"


def test_the_mailed_token_makes_it_ok_and_renews_the_cookie(spa, program, make):
    spa.post("/api/auth/register", ADA)
    old = spa.client.get_cookie("__Host-idp", domain="idp.example").value
    answer = spa.post("/api/auth/verify/request", {"returnUrl": "/docs/api"})
    assert answer.status_code == 202
    assert answer.json == {"status": "email_not_verified"}
    body = {"token": make.records.mail_to(ADA["email"]).token}
    answer = spa.post("/api/auth/verify/submit", body)
    assert answer.json["status"] == status(spa) == "ok"
    assert spa.client.get_cookie("__Host-idp", domain="idp.example").value != old
    assert program.get("/auth/me", headers=token_of(answer)).status_code == 200
    assert spa.post("/api/auth/verify/submit", body).json == {"status": "ok"}


def test_the_code_does_as_well_while_signed_in(spa, make):
    spa.post("/api/auth/register", ADA)
    body = {"token": make.records.mail_to(ADA["email"]).code}
    assert spa.post("/api/auth/verify/submit", body).json["status"] == "ok"


def test_the_mailed_token_signs_nobody_in(spa, program, another_spa, make):
    spa.post("/api/auth/register", ADA)
    another_spa.sign_in(make.users.account())
    body = {"token": make.records.mail_to(ADA["email"]).token}
    answer = another_spa.post("/api/auth/verify/submit", body)
    assert answer.json == {"status": "logout"}
    assert BOTH.isdisjoint(cookies_set(answer))
    assert status(spa) == "logout"  # another confirmed it: what the stranger began ends
    assert program.post("/api/auth/verify/submit", body).json == {"status": "logout"}


def test_a_bearer_keeps_its_token(program, make):
    tokens = program.post(
        "/auth/register", {"email": ADA["email"], "password": PASSWORD, "name": "Ada"}
    ).json
    body = {"token": make.records.mail_to(ADA["email"]).token}
    answer = program.post("/api/auth/verify/submit", body, headers=bearer(tokens))
    assert answer.json == {"status": "ok", "token": tokens["access_token"]}


def test_asking_for_the_mail_needs_a_session(program):
    answer = program.post("/api/auth/verify/request", {})
    assert problem(answer) == (401, "authentication_required")


def test_a_lost_password_is_set_and_signs_in(spa, another_spa, make):
    ada = make.users.account()
    another_spa.sign_in(ada)
    answer = spa.post("/api/auth/reset/request", {"email": ada.email})
    assert (answer.status_code, answer.data) == (202, b"")
    body = {
        "token": make.records.mail_to(ada.email).token,
        "password": NEW,
        "confirmPassword": NEW,
    }
    answer = spa.post("/api/auth/reset/submit", body)
    assert answer.json["status"] == status(spa) == "ok"
    assert set(cookies_set(answer)) >= BOTH
    assert status(another_spa) == "logout"
    assert declined(spa.post("/api/auth/reset/submit", body)) == "token_invalid"


def test_a_weak_or_different_password_is_400(program, make):
    ada = make.users.account()
    program.post("/api/auth/reset/request", {"email": ada.email})
    body = {"token": make.records.mail_to(ada.email).token, "password": "x"}
    path = "/api/auth/reset/submit"
    answer = program.post(path, {**body, "confirmPassword": "y"})
    assert fields(answer) == {"confirmPassword": "mismatch"}
    answer = program.post(path, {**body, "confirmPassword": "x"})
    assert fields(answer) == {"password": "too_short"}


def test_asking_for_a_reset_never_tells(program, make):
    for address in ("nobody@example.org", make.users.account().email, "x"):
        answer = program.post("/api/auth/reset/request", {"email": address})
        assert (answer.status_code, answer.data) == (202, b"")
