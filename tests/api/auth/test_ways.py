"""Ways in that policies allow nobody: JSON callers are told so in words."""

from tests.authenticator import Authenticator
from tests.pages.passkeys import field_of


def test_a_password_is_told_so_unjudged_where_it_opens_nothing(program, browser, make):
    make.users.account("ada@example.com")
    make.policies.decide(sign_in_methods=["passkey", "link"])
    words = "You can’t sign in here with a password. Use a passkey or a sign-in link."
    assert words in browser.open("/login").text
    for path, name in (("/auth/login", "login"), ("/api/auth/login", "email")):
        body = {name: "ada@example.com", "password": "a wrong password"}
        answer = program.post(path, body)
        assert answer.status_code == 200
        assert answer.json["error"] == {
            "code": "method_not_allowed", "message": words,
        }  # fmt: skip


def test_passkeys_are_told_so_in_words(program, http, make):
    make.policies.decide(sign_in_methods=["password"])
    words = "You can’t sign in here with a passkey. Use another way."
    refused = {"code": "method_not_allowed", "message": words}
    assert program.post("/auth/passkey/options", {}).json["error"] == refused
    body = {"ticket": "x", "credential": Authenticator().get({"challenge": "x"})}
    assert program.post("/auth/passkey", body).json["error"] == refused
    token = {"X-CSRF-Token": field_of(http.get("/login"))}
    assert http.post("/login/passkey/options", headers=token).status_code == 409
