"""GET /auth/csrf and /auth/csrf/token."""

from tests.api.callers import cookies_set, problem

TOKEN = "/auth/csrf/token"


def test_the_script_comes_with_the_cookie(http):
    answer = http.get("/auth/csrf")
    assert answer.mimetype == "application/javascript"
    assert '"/auth/csrf/token"' in answer.text
    sent = cookies_set(answer)["__Host-idp-csrf"]
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"} <= set(sent.split("; "))
    assert "Domain" not in sent


def test_the_token_is_good_for_signing_in(http, make):
    ada = make.users.account()
    token = http.get(TOKEN).json["token"]
    assert http.get(TOKEN).json["token"] == token
    answer = http.post(
        "/auth/login",
        json={"login": ada.email, "password": ada.password, "cookies": True},
        headers={"X-CSRF-Token": token},
    )
    assert answer.status_code == 200
    stale = http.post("/auth/logout", headers={"X-CSRF-Token": token})
    assert problem(stale) == (403, "csrf_rejected")
    fresh = http.get(TOKEN).json["token"]
    answer = http.post("/auth/logout", headers={"X-CSRF-Token": fresh})
    assert answer.status_code == 204


def test_the_token_of_another_browser_is_refused(http, spa, another_spa, make):
    spa.sign_in(make.users.account())
    theirs = another_spa.client.get(TOKEN).json["token"]
    answer = spa.post("/auth/logout", headers={"X-CSRF-Token": theirs})
    assert problem(answer) == (403, "csrf_rejected")


def test_a_signed_in_browser_gets_no_further_cookie(spa, make):
    spa.sign_in(make.users.account())
    assert "Set-Cookie" not in spa.client.get(TOKEN).headers


def test_the_token_of_a_form_is_as_good(http, make):
    ada = make.users.account()
    page = http.get("/login", headers={"Accept": "text/html"}).text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2]
    answer = http.post(
        "/auth/login",
        json={"login": ada.email, "password": ada.password},
        headers={"X-CSRF-Token": token.partition('"')[0]},
    )
    assert answer.status_code == 200
