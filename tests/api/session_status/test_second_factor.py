"""/api/auth/2fa as a single-page front end calls it: with cookies, and no token."""

import pytest

from tests.api.callers import Program, cookies_set, declined, problem
from tests.authenticator import Authenticator, add_passkey
from tests.authenticator_app import AuthenticatorApp, set_up_app

pytestmark = pytest.mark.usefixtures("clock")
REQUEST, SUBMIT = "/api/auth/2fa/enable/request", "/api/auth/2fa/enable/submit"
VERIFY, RESET = "/api/auth/2fa/verify", "/api/auth/2fa/reset"
STEP, SESSION = "__Host-idp-step", "__Host-idp"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def phone(app, ada):
    """The authenticator app of ada, which another program has set up."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return set_up_app(program)


def sign_in(spa, account, **more):
    body = {"email": account.email, "password": account.password, **more}
    return spa.post("/api/auth/login", body)


def status(spa):
    return spa.get("/api/auth").json


def show(spa, code):
    return spa.post(VERIFY, {"token": code})


def test_an_app_is_set_up(spa, ada):
    sign_in(spa, ada)
    begun = spa.post(REQUEST).json
    assert begun["status"] == "2fa_setup"
    assert begun["secret"] in begun["url"]
    app = AuthenticatorApp(begun["secret"], [])
    before = spa.client.get_cookie(SESSION, domain="idp.example").value
    assert declined(spa.post(SUBMIT, {"token": app.wrong()})) == "code_invalid"
    done = spa.post(SUBMIT, {"token": app.code()})
    assert done.json["status"] == "ok"
    assert len(done.json["recovery_codes"]) == 10
    assert spa.client.get_cookie(SESSION, domain="idp.example").value != before
    assert status(spa)["auth"]["amr"] == ["mfa", "otp", "pwd"]
    bearer = {"Authorization": f"Bearer {done.json['token']}"}
    assert spa.get("/auth/me", headers=bearer).json["credentials"]["totp"]


def test_a_sign_in_is_finished_by_a_code(spa, ada, phone):
    assert sign_in(spa, ada, remember=True).json == {"status": "2fa_required"}
    assert status(spa) == {"status": "2fa_required", "auth": None}
    assert declined(show(spa, phone.wrong())) == "code_invalid"
    answer = show(spa, phone.code(1))
    assert answer.json.keys() == {"status", "token"}
    assert answer.json["status"] == "ok"
    cookies = cookies_set(answer)
    assert "Max-Age=0" in cookies[STEP]
    assert "Max-Age" in cookies[SESSION]
    assert status(spa)["auth"]["sub"] == ada.id


def test_a_browser_that_is_trusted_is_not_asked_again(spa, ada, phone):
    sign_in(spa, ada)
    answer = spa.post(VERIFY, {"token": phone.code(1), "trust": True})
    assert "Max-Age=2592000" in cookies_set(answer)["__Host-idp-trust"]
    spa.post("/api/auth/logout")
    assert sign_in(spa, ada).json["status"] == "ok"


def test_so_it_is_by_a_security_key(app, spa, ada):
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(ada)
    key = add_passkey(owner, second_step=True)
    sign_in(spa, ada)
    asked = spa.post("/auth/login/2fa/options", {}).json["options"]
    foreign = {"method": "passkey", "credential": Authenticator().get(asked)}
    assert declined(spa.post(VERIFY, foreign)) == "passkey_refused"
    asked = spa.post("/auth/login/2fa/options", {}).json["options"]
    shown = {"method": "passkey", "credential": key.get(asked)}
    assert spa.post(VERIFY, shown | {"trust": True}).json["status"] == "ok"
    assert status(spa)["auth"]["amr"] == ["hwk", "mfa", "pwd", "user"]
    spa.post("/api/auth/logout")
    assert sign_in(spa, ada).json["status"] == "ok"


def test_so_it_is_by_a_recovery_code(spa, ada, phone):
    sign_in(spa, ada)
    assert show(spa, phone.recovery_codes[0].lower()).json["status"] == "ok"


def test_it_is_finished_once_in_this_browser_and_in_time(
    spa, another_spa, ada, phone, clock
):
    assert declined(show(spa, phone.code(1))) == "ticket_invalid"
    sign_in(spa, ada)
    assert declined(show(another_spa, phone.code(1))) == "ticket_invalid"
    step = spa.client.get_cookie(STEP, domain="idp.example").value
    assert show(spa, phone.code(1)).json["status"] == "ok"
    spa.client.set_cookie(STEP, step, domain="idp.example")
    assert declined(show(spa, phone.recovery_codes[0])) == "ticket_invalid"
    sign_in(spa, ada)
    clock.tick(minutes=10, seconds=1)
    assert declined(show(spa, phone.code())) == "ticket_invalid"


def test_a_page_of_another_origin_finishes_nothing(spa, ada, phone):
    sign_in(spa, ada)
    evil = {"Origin": "https://evil.example"}
    answer = spa.post(VERIFY, {"token": phone.code(1)}, headers=evil)
    assert problem(answer) == (403, "csrf_rejected")
    assert status(spa)["status"] == "2fa_required"


def test_the_lock_holds_here_too(spa, program, ada, phone):
    sign_in(spa, ada)
    for _ in range(5):
        assert declined(show(spa, phone.wrong())) == "code_invalid"
    assert problem(show(spa, phone.code(1))) == (429, "too_many_requests")
    body = {"login": ada.email, "password": ada.password}
    ticket = program.post("/auth/login", body).json["ticket"]
    shown = {"ticket": ticket, "method": "totp", "code": phone.code(1)}
    assert program.post("/auth/login/2fa", shown).status_code == 429


def test_another_app_takes_its_place_once_it_is_confirmed(spa, ada, phone, clock):
    sign_in(spa, ada)
    show(spa, phone.code(1))
    clock.tick(minutes=11)
    assert problem(spa.post(REQUEST)) == (403, "reauthentication_required")
    assert declined(spa.post(RESET, {"token": phone.wrong()})) == "code_invalid"
    begun = spa.post(RESET, {"token": phone.code()})
    assert begun.json["status"] == "2fa_setup"
    new = AuthenticatorApp(begun.json["secret"], [])
    clock.tick(seconds=30)
    spa.post("/api/auth/logout")
    sign_in(spa, ada)
    assert show(spa, phone.code()).json["status"] == "ok"
    done = spa.post(SUBMIT, {"token": new.code()}).json
    assert done["status"] == "ok"
    assert "recovery_codes" not in done
    clock.tick(seconds=30)
    spa.post("/api/auth/logout")
    sign_in(spa, ada)
    assert declined(show(spa, phone.code())) == "code_invalid"
    assert show(spa, new.code()).json["status"] == "ok"


def test_who_has_no_app_resets_none(spa, ada):
    sign_in(spa, ada)
    assert declined(spa.post(RESET, {"token": "123456"})) == "code_invalid"


def test_who_must_have_one_sets_it_up_and_is_through(spa, make, ada):
    make.policies.decide(second_factor="required")
    assert sign_in(spa, ada).json["status"] == "2fa_setup"
    assert status(spa)["status"] == "2fa_setup"
    app = AuthenticatorApp(spa.post(REQUEST).json["secret"], [])
    assert spa.post(SUBMIT, {"token": app.code()}).json["status"] == "ok"
    assert status(spa)["status"] == "ok"


def test_an_unconfirmed_address_has_none(spa, make):
    sign_in(spa, make.users.account(email_verified=False))
    assert problem(spa.post(REQUEST)) == (403, "email_not_verified")
    answer = spa.post(SUBMIT, {"token": "123456"})
    assert problem(answer) == (403, "email_not_verified")


def test_after_a_new_password_the_factor_is_still_due(spa, ada, phone, make):
    spa.post("/api/auth/reset/request", {"email": ada.email})
    token = make.records.mail_to(ada.email).token
    password = "seven loud geese in the rain"
    body = {"token": token, "password": password, "confirmPassword": password}
    assert spa.post("/api/auth/reset/submit", body).json == {"status": "2fa_required"}
    assert status(spa) == {"status": "2fa_required", "auth": None}
    assert show(spa, phone.code(1)).json["status"] == "ok"
    assert status(spa)["auth"]["amr"] == ["mfa", "otp"]


def test_a_program_with_a_token_gets_no_cookies(program, ada):
    program.sign_in(ada)
    app = AuthenticatorApp(program.post(REQUEST).json["secret"], [])
    done = program.post(SUBMIT, {"token": app.code()})
    assert done.json["status"] == "ok"
    assert "Set-Cookie" not in done.headers
    begun = program.post(RESET, {"token": app.code(1)})
    assert begun.json["status"] == "2fa_setup"
    assert "Set-Cookie" not in begun.headers
    assert program.get("/auth/me").json["credentials"]["totp"]


def test_nobody_is_401(program):
    for path in (REQUEST, SUBMIT, RESET):
        body = None if path == REQUEST else {"token": "123456"}
        answer = program.post(path, body)
        assert problem(answer) == (401, "authentication_required")


def test_what_is_no_code_is_refused(spa, ada, phone):
    sign_in(spa, ada)
    for token in (None, 123456, ["123456"], {}, "1" * 65):
        assert spa.post(VERIFY, {"token": token}).status_code == 400
    for token in ("", "１２３４５６", "ü", "\u0660" * 6):
        assert declined(show(spa, token)) == "code_invalid"
