"""A lost password: /auth/password-reset and PUT /api/v1/account/password."""

import pytest

from tests.api.callers import Program, bearer, declined, fields, problem

NEW = "ten quiet otters by the lake"


def ask_auth(program: Program, address: str):
    answer = program.post("/auth/password-reset/email", {"email": address})
    assert answer.status_code in (204, 429)
    return answer


def ask_v1(program: Program, address: str):
    answer = program.put("/api/v1/account/password", {"email": address})
    assert answer.status_code in (202, 429)
    return answer


def set_auth(program: Program, token: str, new: str = NEW):
    return program.post("/auth/password-reset", {"token": token, "password": new})


def set_v1(program: Program, token: str, new: str = NEW):
    return program.put("/api/v1/account/password", {"token": token, "new": new})


def shape(answer) -> tuple[object, ...]:
    return answer.status_code, answer.data, *sorted(answer.headers.keys())


asking = pytest.mark.parametrize("ask", [ask_auth, ask_v1])
setting = pytest.mark.parametrize("set_new", [set_auth, set_v1])


@asking
@setting
def test_the_mailed_token_sets_a_password_once(program, make, ask, set_new):
    ada = make.users.account()
    tokens = program.sign_in(ada)
    program.headers = {}
    assert ask(program, ada.email).data == b""
    mail = make.records.mail_to(ada.email)
    assert mail.kind == "password_reset"
    assert set_new(program, mail.token).status_code == 204
    assert declined(set_new(program, mail.token)) == "token_invalid"
    assert program.get("/auth/me", headers=bearer(tokens)).status_code == 401
    body = {"refresh_token": tokens["refresh_token"]}
    assert program.post("/auth/refresh", body).status_code == 401
    body = {"login": ada.email, "password": NEW}
    assert "access_token" in program.post("/auth/login", body).json


def test_after_a_reset_the_page_of_the_app_is_offered(browser, program, make):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    ada = make.users.account()
    body = {"email": ada.email, "return_url": "https://app.example/login"}
    assert program.post("/auth/password-reset/email", body).status_code == 204
    browser.open(make.records.mail_to(ada.email).link)
    page = browser.open(browser.send(password=NEW).location)
    assert 'href="https://app.example/login"' in page.text
    assert "Continue to app.example" in page.text


def test_that_it_changed_is_said_in_the_browser_that_changed_it_alone(
    browser, another_browser, program, make, clock
):
    make.clients.spa(redirect_uris=["https://app.example/callback"])
    ada = make.users.account()
    body = {"email": ada.email, "return_url": "https://app.example/login"}
    program.post("/auth/password-reset/email", body)
    browser.open(make.records.mail_to(ada.email).link)
    done = browser.send(password=NEW).location
    other = another_browser()
    make.browsers.sign_in(other.http)
    bare = "/password-reset/done?to=https://app.example/login"
    for reader, path in (
        (other, done),
        (browser, bare),
        (browser, f"{bare}&reset=done"),
        (browser, f"{bare}&reset=99999999999.x"),
        (browser, "/login?reset=done&switch=1"),
    ):
        reader.open(path)
        assert "changed" not in reader.text, path
        assert "Continue to" not in reader.text, path
    browser.open(done)
    assert "Password changed" in browser.text
    clock.tick(minutes=11)
    browser.open(done)
    assert browser.response.request.path == "/login"


@asking
@pytest.mark.parametrize("address", ["nobody@example.org", "x", ""])
def test_the_answer_does_not_depend_on_the_address(program, make, ask, address):
    known, disabled = make.users.account(), make.users.account(status="disabled")
    asked = (address, known.email, disabled.email)
    answers = {shape(ask(program, one)) for one in asked}
    assert len(answers) == 1
    assert make.records.mails_to(disabled.email) == []


@setting
def test_a_weak_password_is_400_and_costs_the_token_nothing(program, make, set_new):
    ada = make.users.account()
    ask_auth(program, ada.email)
    token = make.records.mail_to(ada.email).token
    answer = set_new(program, token, "short")
    name = "new" if set_new is set_v1 else "password"
    assert fields(answer) == {name: "too_short"}
    assert set_new(program, token).status_code == 204


@setting
def test_an_expired_or_made_up_token_is_declined(program, make, set_new, clock):
    ada = make.users.account()
    ask_auth(program, ada.email)
    mailed = make.records.mail_to(ada.email).token
    clock.tick(minutes=31)
    for token in (mailed, "x", "é", "A" * 43):
        assert declined(set_new(program, token)) == "token_invalid"


def test_an_address_in_the_query_is_400(program):
    answer = program.put("/api/v1/account/password?email=ada@example.org", {})
    assert fields(answer) == {"email": "unknown_field"}


@pytest.mark.parametrize(
    "body",
    [{}, {"old": "x"}, {"new": "x"}, {"email": "a@b.c", "new": "x"},
     {"token": "x", "old": "x", "new": "x"}],
)  # fmt: skip
def test_any_other_combination_is_400_with_the_three_shapes(program, body):
    answer = program.put("/api/v1/account/password", body)
    [error] = answer.json["errors"]
    assert (answer.status_code, error["code"]) == (400, "unknown_shape")
    assert "email; token, new; old, new" in error["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/password-reset", {"token": "required", "password": "required"}),
        ("/auth/password-reset/email", {"email": "required"}),
    ],
)
def test_what_is_missing_is_named(program, path, body):
    assert fields(program.post(path, {})) == body


@asking
@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_MAIL_IP": "1/hour"}])
def test_who_asks_for_many_mails_waits(program, ask):
    ask(program, "a@example.org")
    assert problem(ask(program, "b@example.org")) == (429, "too_many_requests")


def test_a_browser_needs_the_token_of_our_page(spa, make):
    ada = make.users.account()
    spa.client.get("/login", headers={"Accept": "text/html"})
    for method, path in (
        ("POST", "/auth/password-reset/email"),
        ("PUT", "/api/v1/account/password"),
    ):
        answer = spa.bare(method, path, {"email": ada.email})
        assert problem(answer) == (403, "csrf_rejected")
    assert make.records.mails_to(ada.email) == []
