"""/account/totp and /account/recovery-codes: set up, replace, remove."""

import re

import pytest

from tests.api.callers import Program, declined, problem
from tests.authenticator_app import AuthenticatorApp, set_up_app

pytestmark = pytest.mark.usefixtures("clock")
TOTP, CODES = "/account/totp", "/account/recovery-codes"
callers = pytest.mark.parametrize("caller", ["program", "spa"])


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


def credentials(caller):
    return caller.get("/auth/me").json["credentials"]


def finish(caller, account, method, code):
    """Sign in with a password, then with a second factor; return the answer."""
    body = {"login": account.email, "password": account.password}
    ticket = caller.post("/auth/login", body).json["ticket"]
    body = {"ticket": ticket, "method": method, "code": code}
    return caller.post("/auth/login/2fa", body)


@callers
def test_an_app_is_set_up_replaced_and_removed(request, app, ada, caller, clock):
    who = request.getfixturevalue(caller)
    who.sign_in(ada)
    first = set_up_app(who)
    assert len(set(first.recovery_codes)) == 10
    assert all(
        re.fullmatch("[A-Z2-9]{5}-[A-Z2-9]{5}", each) for each in first.recovery_codes
    )
    held = credentials(who)
    assert (held["totp"], held["recovery_codes_left"]) == (True, 10)
    assert who.get("/auth/me").json["user"]["two_factor"]
    clock.tick(minutes=1)
    second = set_up_app(who)
    assert second.recovery_codes == []
    clock.tick(minutes=1)
    other = Program(app.test_client(use_cookies=False))
    assert declined(finish(other, ada, "totp", first.code())) == "code_invalid"
    assert "access_token" in finish(other, ada, "totp", second.code()).json
    assert who.send("DELETE", TOTP).status_code == 204
    held = credentials(who)
    assert (held["totp"], held["recovery_codes_left"]) == (False, 0)
    assert problem(who.send("DELETE", TOTP)) == (404, "factor_not_found")
    assert "access_token" in other.sign_in(ada)


def test_the_app_is_told_by_an_address_that_names_issuer_and_account(program, ada):
    program.sign_in(ada)
    begun = program.post(TOTP).json
    assert re.fullmatch("[A-Z2-7]{32}", begun["secret"])
    assert begun["url"] == (
        f"otpauth://totp/idp:ada%40example.com?secret={begun['secret']}&issuer=idp"
    )


def test_one_in_use_stays_so_until_the_new_one_is_confirmed(program, ada, clock):
    program.sign_in(ada)
    old = set_up_app(program)
    new = AuthenticatorApp(program.post(TOTP).json["secret"], [])
    assert declined(program.put(TOTP, {"code": new.wrong()})) == "code_invalid"
    clock.tick(seconds=30)
    assert "access_token" in finish(program, ada, "totp", old.code()).json


def test_a_second_start_makes_the_first_one_void(program, ada):
    program.sign_in(ada)
    first, second = (
        AuthenticatorApp(program.post(TOTP).json["secret"], []) for _ in range(2)
    )
    assert declined(program.put(TOTP, {"code": first.code()})) == "code_invalid"
    assert program.put(TOTP, {"code": second.code()}).status_code == 200


def test_a_code_that_confirmed_the_app_signs_in_no_more(program, ada):
    program.sign_in(ada)
    app = set_up_app(program)
    assert declined(finish(program, ada, "totp", app.code())) == "code_invalid"
    assert "access_token" in finish(program, ada, "totp", app.code(1)).json


def test_the_session_is_worth_two_factors_from_then_on(spa, ada):
    spa.sign_in(ada)
    set_up_app(spa)
    assert spa.get("/api/auth").json["auth"]["amr"] == ["mfa", "otp", "pwd"]


def test_setting_up_and_removing_want_a_proof_of_the_last_minutes(spa, ada, clock):
    spa.sign_in(ada)
    set_up_app(spa)
    clock.tick(minutes=9, seconds=59)
    assert spa.post(TOTP).status_code == 200
    clock.tick(seconds=2)
    for method, path in (
        ("POST", TOTP),
        ("PUT", TOTP),
        ("DELETE", TOTP),
        ("POST", CODES),
    ):
        body = {"code": "123456"} if method == "PUT" else None
        answer = spa.send(method, path, body)
        assert problem(answer) == (403, "reauthentication_required"), (method, path)


def test_nobody_sets_one_up_for_an_address_that_is_not_confirmed(program, make):
    program.sign_in(make.users.account(email_verified=False))
    assert problem(program.post(TOTP)) == (403, "email_not_verified")
    assert problem(program.put(TOTP, {"code": "123456"})) == (403, "email_not_verified")


def test_new_recovery_codes_are_made_in_place_of_those_before(program, ada):
    program.sign_in(ada)
    assert problem(program.post(CODES)) == (404, "factor_not_found")
    old = set_up_app(program).recovery_codes
    new = program.post(CODES).json["recovery_codes"]
    assert len({*old, *new}) == 20
    assert declined(finish(program, ada, "recovery_code", old[0])) == "code_invalid"
    assert "access_token" in finish(program, ada, "recovery_code", new[0]).json
    assert credentials(program)["recovery_codes_left"] == 9


def test_the_owner_is_mailed_and_finds_it_in_the_activity(program, ada, make, clock):
    program.sign_in(ada)
    app = set_up_app(program)
    program.post(CODES)
    program.send("DELETE", TOTP)
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert kinds[-3:] == ["totp_added", "recovery_codes_made", "totp_removed"]
    listed = program.get("/account/activity").json["items"]
    events = {item["event"] for item in listed}
    assert {"totp.added", "recovery.made", "totp.removed"} <= events
    assert app.secret not in str(listed)


def test_no_secret_is_in_the_export_or_in_what_is_shown(program, ada, make):
    program.sign_in(ada)
    app = set_up_app(program)
    held = program.post("/account/export", {"password": ada.password})
    assert app.secret not in held.text
    assert app.recovery_codes[0] not in held.text
    [kept] = held.json["authenticator_apps"]
    assert "sealed" not in kept
    assert len(held.json["recovery_codes"]) == 10
    assert app.secret not in program.get("/auth/me").text


def test_what_is_no_code_is_refused(program, ada):
    program.sign_in(ada)
    program.post(TOTP)
    for body in ({}, {"code": None}, {"code": 123456}, {"code": ["123456"]}):
        assert program.put(TOTP, body).status_code == 400
    assert program.put(TOTP, {"code": "1" * 65}).status_code == 400
    for code in ("", "１２３４５６", "٣٣٣٣٣٣", "1234567", "0x1234"):
        assert declined(program.put(TOTP, {"code": code})) == "code_invalid"
