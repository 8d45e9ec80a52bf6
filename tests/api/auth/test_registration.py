"""POST /auth/register."""

import pytest

from tests.api.callers import bearer, cookies_set, fields, problem
from tests.api.people import ADA

PASSWORD = "nine quiet otters by the lake"
PRIVATE = {"IDP_ACCOUNT_PRIVACY": "private"}
private = pytest.mark.parametrize("environ", [PRIVATE])


def test_a_new_account_gets_tokens_and_an_organization(program, make):
    answer = program.post("/auth/register", ADA)
    assert answer.status_code == 201
    tokens, user = answer.json, answer.json["user"]
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "account")
    assert user["email"] == "ada@example.org"
    assert (user["name"], user["email_verified"]) == ("Ada Lovelace", False)
    me = program.get("/auth/me", headers=bearer(tokens)).json
    assert me["user"] == user
    [membership] = me["memberships"]
    assert membership["role"] == "owner"
    assert membership["organization"] == me["organization"]
    assert make.records.mail_to("ada@example.org").kind == "verify_email"
    assert "__Host-idp" not in cookies_set(answer)


def test_the_name_may_come_in_its_parts(program):
    parts = {"given_name": "Ada", "family_name": "Lovelace", "username": "ada"}
    answer = program.post(
        "/auth/register", {"email": "ada@example.org", "password": PASSWORD, **parts}
    )
    user = answer.json["user"]
    assert {name: user[name] for name in parts} == parts
    assert user["name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    "environ", [{}, {"IDP_REGISTRATION_NAME": "required"}], ids=["default", "required"]
)
def test_an_address_and_a_password_will_do(program):
    body = {"email": "ada@example.org", "password": PASSWORD}
    answer = program.post("/auth/register", body)
    assert (answer.status_code, answer.json["user"]["name"]) == (201, None)


def test_a_name_too_long_in_its_parts_is_cut(program):
    parts = {"given_name": "A" * 200, "family_name": "B" * 200}
    body = {"email": "ada@example.org", "password": PASSWORD, **parts}
    answer = program.post("/auth/register", body)
    assert answer.json["user"]["name"] == f"{'A' * 200} {'B' * 54}"


def test_cookies_keep_the_refresh_token_from_scripts(spa):
    answer = spa.post("/auth/register", {**ADA, "cookies": True})
    assert answer.status_code == 201
    assert "refresh_token" not in answer.json
    sent = cookies_set(answer)
    for name in ("refresh_token", "__Host-idp"):
        assert {"HttpOnly", "Secure", "Path=/"} <= set(sent[name].split("; "))
    assert "SameSite=Strict" in sent["refresh_token"]
    assert spa.get("/auth/me").json["user"]["email"] == "ada@example.org"


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (["email", "password", "name"], ["email", "password"]),
        (["password"], ["password"]),
    ],
)
def test_what_is_missing_is_named(program, left_out, named):
    given = {name: value for name, value in ADA.items() if name not in left_out}
    answer = program.post("/auth/register", given)
    assert fields(answer) == dict.fromkeys(named, "required")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"password": "short"}, {"password": "too_short"}),
        ({"email": "no address"}, {"email": "invalid"}),
        ({"email": "ada@example.org\r\n"}, {"email": "invalid"}),
        ({"email": "\tada@example.org"}, {"email": "invalid"}),
        ({"email": "ada@example.org\u2028"}, {"email": "invalid"}),
        ({"given_name": "A" * 300}, {"given_name": "too_long"}),
        ({"given_name": "\u202eA"}, {"given_name": "invalid"}),
        ({"email": "", "password": "x"}, {"email": "missing", "password": "too_short"}),
        ({"roles": ["admin"]}, {"roles": "unknown_field"}),
        ({"email_verified": True, "id": "1"},
         {"email_verified": "unknown_field", "id": "unknown_field"}),
        ({"cookies": "true"}, {"cookies": "wrong_type"}),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(program, make, change, codes):
    answer = program.post("/auth/register", ADA | change)
    assert answer.status_code == 400
    assert fields(answer) == codes
    assert make.records.user_id_of("ada@example.org") is None


def test_a_taken_address_or_username_is_409(program, make):
    taken = make.users.account("ada@example.org", username="ada")
    answer = program.post("/auth/register", ADA)
    assert problem(answer) == (409, "email_taken")
    assert fields(answer) == {"email": "email_taken"}
    answer = program.post(
        "/auth/register", {**ADA, "email": "b@example.org", "username": "Ada"}
    )
    assert problem(answer) == (409, "username_taken")
    assert make.records.user_id_of("ada@example.org") == taken.id


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_a_closed_server_takes_nobody(program):
    answer = program.post("/auth/register", ADA)
    assert problem(answer) == (403, "registration_closed")


@private
def test_a_private_server_answers_the_same_to_known_and_unknown(program, make):
    make.users.account("bob@example.org")
    answers = [
        program.post("/auth/register", {**ADA, "email": address, "cookies": True})
        for address in ("bob@example.org", "new@example.org")
    ]
    for answer in answers:
        assert answer.status_code == 202
        assert answer.json["status"] == "verification_sent"
        assert len(answer.json["registration"]) == 43
        assert "Set-Cookie" not in answer.headers
    kinds = [
        make.records.mail_to(a).kind for a in ("bob@example.org", "new@example.org")
    ]
    assert kinds == ["account_exists", "verify_email"]


@private
def test_a_private_server_still_tells_a_taken_username(program, make):
    make.users.account("bob@example.org", username="ada")
    answer = program.post("/auth/register", {**ADA, "username": "ada"})
    assert problem(answer) == (409, "username_taken")


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_REGISTER_IP": "1/hour"}])
def test_too_many_registrations_wait(program):
    assert program.post("/auth/register", ADA).status_code == 201
    answer = program.post("/auth/register", {**ADA, "email": "b@example.org"})
    assert problem(answer) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_form_is_no_json(program):
    answer = program.client.post("/auth/register", data=ADA)
    assert problem(answer) == (415, "unsupported_media_type")


def test_a_browser_needs_the_token_of_our_page(spa):
    spa.client.get("/auth/csrf/token")
    answer = spa.bare("POST", "/auth/register", {**ADA, "cookies": True})
    assert problem(answer) == (403, "csrf_rejected")


def test_a_foreign_page_registers_nobody(program):
    headers = {"Origin": "https://evil.example"}
    answer = program.post("/auth/register", ADA, headers=headers)
    assert problem(answer) == (403, "csrf_rejected")
