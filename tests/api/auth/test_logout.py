"""POST /auth/logout."""

import pytest

from tests.api.callers import bearer, cookies_set, problem


def test_a_token_ends_its_session_and_tokens_and_nothing_else(program, make):
    ada = make.users.account()
    other, tokens = program.sign_in(ada), program.sign_in(ada)
    answer = program.post("/auth/logout")
    assert (answer.status_code, answer.data) == (204, b"")
    assert problem(program.get("/auth/me")) == (401, "invalid_token")
    body = {"refresh_token": tokens["refresh_token"]}
    assert program.post("/auth/refresh", body).status_code == 401
    assert program.get("/auth/me", headers=bearer(other)).status_code == 200
    assert make.records.audited("logout") == [("ok", ada.id)]


def test_again_it_is_the_same(program, make, clock):
    program.sign_in(make.users.account())
    assert program.post("/auth/logout").status_code == 204
    assert program.post("/auth/logout").status_code == 204
    clock.tick(days=2)
    assert program.post("/auth/logout").status_code == 204


def test_a_refresh_cookie_alone_ends_the_session_behind_it(spa, make):
    spa.sign_in(make.users.account())
    held = spa.client.get_cookie("refresh_token", domain="idp.example")
    spa.client.delete_cookie("__Host-idp", domain="idp.example")
    assert spa.bare("POST", "/auth/logout", {}).status_code == 204
    body = {"refresh_token": held.value}
    assert spa.bare("POST", "/auth/refresh", body).status_code == 401


@pytest.mark.parametrize("path", ["/auth/logout", "/api/auth/logout"])
class TestAfterAWhile:
    """A refresh cookie or token whose session, or which itself, is over by now."""

    @pytest.fixture
    def ada(self, make):
        return make.users.account()

    @pytest.fixture
    def ended(self, ada, make):
        """Tells whether Ada's session was ended by a sign-out."""
        return lambda: make.records.audited("logout") == [("ok", ada.id)]

    @pytest.fixture
    def held(self, spa, ada):
        """The refresh cookie, in a browser that has lost its session cookie."""
        spa.sign_in(ada)
        spa.client.delete_cookie("__Host-idp", domain="idp.example")
        return spa.client.get_cookie("refresh_token", domain="idp.example").value

    def test_a_refresh_cookie_ends_a_session_that_has_idled_out(
        self, spa, held, *, ended, clock, path
    ):
        clock.tick(hours=2, seconds=1)
        assert spa.bare("POST", path, {}).status_code < 300
        assert ended()

    def test_a_token_ends_a_session_that_has_idled_out(
        self, program, ada, ended, clock, path
    ):
        program.sign_in(ada)
        clock.tick(hours=2, seconds=1)
        assert program.post(path).status_code < 300
        assert ended()

    def test_a_spent_refresh_cookie_ends_the_session_too(
        self, spa, held, *, ended, clock, path
    ):
        other = spa.client.application.test_client(use_cookies=False)
        answer = other.post("/auth/refresh", json={"refresh_token": held})
        assert answer.status_code == 200
        clock.tick(minutes=5)
        assert spa.bare("POST", path, {}).status_code < 300
        assert ended()

    def test_one_that_was_taken_back_ends_no_later_session(
        self, spa, ada, program, path
    ):
        spa.sign_in(ada)
        held = spa.client.get_cookie("refresh_token", domain="idp.example").value
        again = spa.sign_in(ada)  # the same session
        spa.client.delete_cookie("__Host-idp", domain="idp.example")
        spa.client.set_cookie("refresh_token", held, domain="idp.example")
        assert spa.bare("POST", path, {}).status_code < 300
        assert program.get("/auth/me", headers=bearer(again)).status_code == 200


def test_an_expired_token_still_signs_out(program, make, clock):
    tokens = program.sign_in(make.users.account())
    clock.tick(minutes=20)
    assert program.get("/auth/me").status_code == 401
    assert program.post("/auth/logout").status_code == 204
    body = {"refresh_token": tokens["refresh_token"]}
    assert program.post("/auth/refresh", body).status_code == 401


def test_a_revoked_token_ends_no_later_session(program, spa, make):
    ada = make.users.account()
    spa.sign_in(ada)
    stolen = spa.sign_in(ada)  # the same session
    again = spa.sign_in(ada)
    answer = program.post("/auth/logout", headers=bearer(stolen))
    assert answer.status_code == 204
    assert program.get("/auth/me", headers=bearer(again)).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "ey" * 100])
def test_a_token_that_never_was_valid_is_401(program, token):
    answer = program.post("/auth/logout", headers={"Authorization": f"Bearer {token}"})
    assert problem(answer) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_with_another_signature_is_401(program, make):
    tokens = program.sign_in(make.users.account())
    head, _, _ = tokens["access_token"].rpartition(".")
    forged = {"Authorization": f"Bearer {head}.{'A' * 86}"}
    assert program.post("/auth/logout", headers=forged).status_code == 401
    assert program.get("/auth/me").status_code == 200


def test_a_token_for_another_audience_is_401(program, make, http):
    made = make.tokens.code(make.clients.spa())
    theirs = http.post("/oauth2/token", data=made.form).json
    assert program.post("/auth/logout", headers=bearer(theirs)).status_code == 401
    id_token = {"Authorization": f"Bearer {theirs['id_token']}"}
    assert program.post("/auth/logout", headers=id_token).status_code == 401


def test_nothing_to_sign_out_by_is_401(program):
    answer = program.post("/auth/logout")
    assert problem(answer) == (401, "authentication_required")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="https://idp.example"'


def test_a_browser_signs_out_with_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account())
    refused = spa.bare("POST", "/auth/logout")
    assert problem(refused) == (403, "csrf_rejected")
    answer = spa.post("/auth/logout")
    assert answer.status_code == 204
    sent = cookies_set(answer)
    for name in ("__Host-idp", "refresh_token"):
        assert "Max-Age=0" in sent[name]
    assert spa.get("/auth/me").status_code == 401
    assert spa.post("/auth/refresh", {}).status_code == 401


def test_a_foreign_page_signs_nobody_out(spa, make):
    spa.sign_in(make.users.account())
    headers = {"Origin": "https://evil.example"}
    answer = spa.post("/auth/logout", headers=headers)
    assert problem(answer) == (403, "csrf_rejected")
    assert spa.get("/auth/me").status_code == 200


@pytest.mark.parametrize("value", ["s" * 43, "garbage"])
def test_a_cookie_without_a_session_is_cleared(http, value):
    http.set_cookie("__Host-idp", value, domain="idp.example", secure=True)
    answer = http.post("/auth/logout")
    assert answer.status_code == 204
    assert "Max-Age=0" in cookies_set(answer)["__Host-idp"]


def test_get_does_not_sign_out(spa, make):
    spa.sign_in(make.users.account())
    assert spa.get("/auth/logout").status_code == 405
    assert spa.get("/auth/me").status_code == 200
