"""Who may call: a token, a cookie with X-CSRF-Token, nobody; never a foreign page."""

import pytest

from tests.issuer import ISSUER
from tests.web.shelf import OTHER_SPA, SPA

FOREIGN = ["https://evil.example", "null", "https://sub.idp.example", SPA]


def code(answer) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.json["code"]


def test_nobody_is_asked_to_sign_in(program):
    for answer in (
        program.get("/shelf/books/7"),
        program.delete("/shelf/books/7"),
        program.put("/shelf/books/7", data="not even json"),
    ):
        assert code(answer) == (401, "authentication_required")
        assert answer.headers["WWW-Authenticate"] == f'Bearer realm="{ISSUER}"'


def test_a_live_token_speaks_for_its_user(program, bearer):
    assert program.get("/shelf/books/7", headers=bearer).json["note"] == "bearer-user"
    answer = program.put("/shelf/books/7", json={"title": "x"}, headers=bearer)
    assert answer.json["note"] == "bearer-user"


@pytest.mark.parametrize(
    "header",
    ["Bearer bad", "bearer bad", "Bearer", "Bearer ", "Bearer a b", "Bearer a,a",
     "Bearer é", "Bearer " + "x" * 9000],
)  # fmt: skip
def test_another_token_is_refused_even_beside_a_good_cookie(browser, header):
    answer = browser.get("/shelf/books/7", headers={"Authorization": header})
    assert code(answer) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_for_other_things_is_403(program, bearer_of):
    answer = program.get("/shelf/books/7", headers=bearer_of(scope="openid"))
    assert code(answer) == (403, "insufficient_scope")
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope", scope="account"' in challenge


def test_another_scheme_leaves_it_to_the_cookie(browser):
    answer = browser.get("/shelf/books/7", headers={"Authorization": "Basic YTpi"})
    assert answer.json["note"] == "cookie-user"


def test_of_token_and_cookie_the_token_counts(browser, bearer):
    assert browser.get("/shelf/books/7", headers=bearer).json["note"] == "bearer-user"
    answer = browser.put("/shelf/books/7", json={"title": "x"}, headers=bearer)
    assert answer.json["note"] == "bearer-user"


def test_a_cookie_reads_without_and_changes_with_the_token(browser, csrf):
    assert browser.get("/shelf/books/7").json["note"] == "cookie-user"
    answer = browser.put("/shelf/books/7", json={"title": "x"}, headers=csrf)
    assert answer.json["note"] == "cookie-user"


@pytest.mark.parametrize("token", [None, "", "forged", "é", "0" * 32 + ".forged"])
def test_a_change_by_cookie_without_a_good_token_is_403(browser, make, token):
    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = browser.put("/shelf/books/7", json={"title": "x"}, headers=headers)
    assert code(answer) == (403, "csrf_rejected")


def test_a_token_in_the_body_or_query_does_not_count(browser, csrf):
    token = csrf["X-CSRF-Token"]
    for options in ({"json": {"csrf_token": token}}, {"data": {"csrf_token": token}}):
        answer = browser.delete("/shelf/books/7", **options)
        assert code(answer) == (403, "csrf_rejected")
    answer = browser.delete(f"/shelf/books/7?csrf_token={token}")
    assert code(answer) == (403, "csrf_rejected")


def test_the_token_of_another_browser_does_not_count(shelved, browser):
    other = shelved.test_client()
    token = other.get("/shelf/csrf").text
    answer = browser.delete("/shelf/books/7", headers={"X-CSRF-Token": token})
    assert code(answer) == (403, "csrf_rejected")


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_changes_nothing_by_cookie(browser, csrf, origin):
    answer = browser.delete("/shelf/books/7", headers={**csrf, "Origin": origin})
    assert code(answer) == (403, "csrf_rejected")


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/shelf/books", "/shelf/me", "/shelf/leave"])
def test_a_foreign_page_signs_nobody_in_or_out(program, path, origin):
    answer = program.post(path, json={"title": "x"}, headers={"Origin": origin})
    assert code(answer) == (403, "csrf_rejected")


COOKIES = ["__Host-idp", "__Host-idp-pre", "__Host-idp-csrf"]


@pytest.mark.parametrize("cookie", COOKIES)
@pytest.mark.parametrize("path", ["/shelf/books", "/shelf/me"])
def test_a_browser_that_is_not_signed_in_needs_the_token_too(program, cookie, path):
    program.set_cookie(cookie, "c" * 43, domain="idp.example", secure=True)
    assert code(program.post(path, json={"title": "x"})) == (403, "csrf_rejected")
    assert program.get("/shelf/search").status_code == 200


def test_a_token_in_the_header_makes_cookies_harmless(browser, bearer):
    answer = browser.post("/shelf/books", json={"title": "x"}, headers=bearer)
    assert answer.status_code == 201


def test_a_password_that_was_handed_out_opens_only_what_says_so(program, bearer_of):
    headers = bearer_of(must_change_password=True)
    for path in ("/shelf/books/7", "/shelf/me"):
        answer = program.get(path, headers=headers)
        assert code(answer) == (403, "password_change_required")
    assert program.get("/shelf/help", headers=headers).json == {"who": "bearer-user"}


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_without_an_origin_the_fetch_metadata_decides(program, site):
    headers = {"Sec-Fetch-Site": site}
    answer = program.post("/shelf/books", json={"title": "x"}, headers=headers)
    assert code(answer) == (403, "csrf_rejected")


def test_who_may_be_anyone_is_told_who_it_is(program, bearer):
    assert program.get("/shelf/me").json == {"who": None}
    assert program.post("/shelf/me").json == {"who": None}
    assert program.get("/shelf/me", headers=bearer).json == {"who": "bearer-user"}
    bad = {"Authorization": "Bearer bad"}
    assert code(program.get("/shelf/me", headers=bad)) == (401, "invalid_token")


def test_who_may_be_anyone_still_needs_the_token_for_a_change_by_cookie(browser, csrf):
    assert code(browser.post("/shelf/me")) == (403, "csrf_rejected")
    assert browser.post("/shelf/me", headers=csrf).json == {"who": "cookie-user"}


def test_a_view_that_judges_itself_is_reached_with_any_token(program):
    headers = {"Authorization": "Bearer expired", "Origin": SPA}
    assert program.post("/shelf/leave", headers=headers).status_code == 204


def preflight(program, path, method="PUT", asks="authorization", origin=SPA):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": asks,
    }
    return program.options(path, headers=headers).headers


@pytest.mark.parametrize("asks", ["authorization", "content-type, Authorization"])
def test_a_registered_origin_may_call_with_a_token(program, asks):
    headers = preflight(program, "/shelf/books/7", asks=asks)
    assert headers["Access-Control-Allow-Origin"] == SPA
    assert headers["Access-Control-Allow-Methods"] == "PUT"
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" in headers["Vary"]


def test_a_preflight_allows_the_headers_that_the_browser_announces(program):
    headers = preflight(program, "/shelf/books/7", asks="authorization,traceparent")
    assert "traceparent" in headers["Access-Control-Allow-Headers"].split(", ")


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/shelf/books/7", {"origin": "https://evil.example"}),
        ("/shelf/books/7", {"asks": "content-type"}),
        ("/shelf/books/7", {"asks": "x-csrf-token"}),
        ("/shelf/books/7", {"method": "POST"}),
        ("/shelf/books", {"method": "POST"}),
        ("/shelf/csrf", {"method": "GET"}),
    ],
)
def test_no_other_preflight_passes(program, path, options):
    assert "Access-Control-Allow-Origin" not in preflight(program, path, **options)


def cors(program, origin, credential):
    headers = {"Origin": origin} | credential
    answer = program.get("/shelf/books/7", headers=headers)
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return answer.headers.get("Access-Control-Allow-Origin")


def test_the_answer_goes_to_the_tokens_own_client_only(program, bearer):
    assert cors(program, SPA, bearer) == SPA
    assert cors(program, OTHER_SPA, bearer) is None
    assert cors(program, "https://evil.example", bearer) is None


def test_a_refused_token_is_told_to_any_registered_client(program):
    bad = {"Authorization": "Bearer bad"}
    assert cors(program, OTHER_SPA, bad) == OTHER_SPA
    assert cors(program, "https://evil.example", bad) is None


def test_what_a_cookie_gave_is_told_to_no_other_origin(browser):
    assert cors(browser, SPA, {}) is None
