"""POST /auth/login/2fa: a sign-in is finished by its second factor."""

import pytest

from tests.api.callers import Program, bearer, cookies_set, declined, problem
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
FINISH = "/auth/login/2fa"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def owner(app, ada):
    """A program that ada is signed in with."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


@pytest.fixture
def phone(owner):
    """The authenticator app of ada."""
    return set_up_app(owner)


def begin(caller, account, **more):
    """Give the password; return the ticket."""
    body = {"login": account.email, "password": account.password, **more}
    answer = caller.post("/auth/login", body)
    assert answer.json["status"] == "2fa_required"
    return answer.json["ticket"]


def show(caller, ticket, code, method="totp"):
    return caller.post(FINISH, {"ticket": ticket, "method": method, "code": code})


def refused(answer):
    assert answer.json["error"]["message"] == (
        "This code is wrong, used or too old. Enter a new one."
    )
    return declined(answer) == "code_invalid"


def session_of(program, answer):
    program.headers = bearer(answer.json)
    return program.get("/api/auth").json["auth"]


def test_a_code_of_the_app_finishes_the_sign_in(program, ada, phone):
    answer = show(program, begin(program, ada), phone.code(1))
    assert answer.json["user"]["id"] == ada.id
    auth = session_of(program, answer)
    assert auth["amr"] == ["mfa", "otp", "pwd"]


def test_so_does_a_recovery_code_once_and_the_owner_is_mailed(
    program, ada, phone, make
):
    code = phone.recovery_codes[3]
    answer = show(program, begin(program, ada), code, "recovery_code")
    assert session_of(program, answer)["amr"] == ["mfa", "otp", "pwd"]
    assert program.get("/auth/me").json["credentials"]["recovery_codes_left"] == 9
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert kinds.count("recovery_code_used") == 1
    assert refused(show(program, begin(program, ada), code, "recovery_code"))


def test_codes_count_however_they_are_typed(program, ada, phone, clock):
    first, second, third = phone.recovery_codes[:3]
    for typed in (first.lower(), second.replace("-", " "), f" {third} "):
        answer = show(program, begin(program, ada), typed, "recovery_code")
        assert "access_token" in answer.json
    code = phone.code(1)
    dashed = show(program, begin(program, ada), f" {code[:3]}-{code[3:]} ")
    assert "access_token" in dashed.json


def test_a_time_step_counts_once_and_clocks_may_differ_by_one(
    program, ada, phone, clock
):
    clock.tick(minutes=5)
    for steps, taken in ((-1, True), (-1, False), (0, True), (1, True), (0, False)):
        answer = show(program, begin(program, ada), phone.code(steps))
        assert ("access_token" in answer.json) is taken, steps
    clock.tick(minutes=5)
    for steps in (-2, 2):
        assert refused(show(program, begin(program, ada), phone.code(steps)))


def test_a_ticket_works_once(program, ada, phone):
    ticket = begin(program, ada)
    assert "access_token" in show(program, ticket, phone.code(1)).json
    again = show(program, ticket, phone.recovery_codes[0], "recovery_code")
    assert declined(again) == "ticket_invalid"


def test_a_wrong_code_leaves_the_ticket_as_it_is(program, ada, phone):
    ticket = begin(program, ada)
    assert refused(show(program, ticket, phone.wrong()))
    assert "access_token" in show(program, ticket, phone.code(1)).json


def test_a_ticket_works_for_ten_minutes(program, ada, phone, clock):
    late, later = begin(program, ada), begin(program, ada)
    clock.tick(minutes=9, seconds=59)
    assert "access_token" in show(program, late, phone.code()).json
    clock.tick(seconds=30)
    assert declined(show(program, later, phone.code())) == "ticket_invalid"


def test_a_ticket_is_void_once_the_password_is_another(program, owner, ada, phone):
    ticket = begin(program, ada)
    changed = {"current_password": ada.password, "new_password": "eight calm herons"}
    assert owner.put("/auth/change-password", changed).status_code == 204
    assert declined(show(program, ticket, phone.code(1))) == "ticket_invalid"


def test_a_browser_goes_on_with_its_cookie_and_gets_a_session(
    spa, another_spa, ada, phone, program
):
    ticket = begin(spa, ada, cookies=True, remember=True)
    for other in (another_spa, program):
        assert declined(show(other, ticket, phone.code(1))) == "ticket_invalid"
    answer = show(spa, ticket, phone.code(1))
    cookies = cookies_set(answer)
    assert "Max-Age" in cookies["__Host-idp"]
    assert "Max-Age=0" in cookies["__Host-idp-step"]
    assert "refresh_token" not in answer.json
    assert spa.get("/auth/me").json["user"]["id"] == ada.id


def test_a_program_of_an_owner_who_is_known_is_told_of_once(program, ada, phone, make):
    program.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    refused(show(program, begin(program, ada), phone.wrong()))
    show(program, begin(program, ada), phone.code(1))
    for code in phone.recovery_codes[:2]:
        show(program, begin(program, ada), code, "recovery_code")
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert kinds.count("new_sign_in") == 1


@pytest.mark.parametrize("method", ["totp", "recovery_code"])
def test_five_wrong_codes_lock_the_factor_for_a_quarter_of_an_hour(
    program, ada, phone, clock, method
):
    other = {"totp": "recovery_code", "recovery_code": "totp"}[method]
    right = {
        "totp": lambda: phone.code(1),
        "recovery_code": lambda: phone.recovery_codes[0],
    }
    for _ in range(5):
        assert refused(show(program, begin(program, ada), phone.wrong(), method))
    locked = show(program, begin(program, ada), right[method](), method)
    assert problem(locked) == (429, "too_many_requests")
    assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60
    assert (
        "access_token" in show(program, begin(program, ada), right[other](), other).json
    )
    clock.tick(minutes=14, seconds=59)
    again = show(program, begin(program, ada), right[method](), method)
    assert again.status_code == 429
    clock.tick(seconds=2)
    finished = show(program, begin(program, ada), right[method](), method)
    assert "access_token" in finished.json


def test_the_lock_holds_where_an_app_is_set_up_too(program, owner, ada, phone):
    begun = owner.post("/account/totp").json
    for _ in range(5):
        assert refused(show(program, begin(program, ada), phone.wrong()))
    phone.secret = begun["secret"]
    assert owner.put("/account/totp", {"code": phone.code()}).status_code == 429


def test_a_right_code_lets_the_wrong_ones_be_forgotten(program, ada, phone):
    for right in phone.recovery_codes[:2]:
        for _ in range(4):
            wrong = show(program, begin(program, ada), "no code", "recovery_code")
            assert refused(wrong)
        finished = show(program, begin(program, ada), right, "recovery_code")
        assert "access_token" in finished.json


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_OTP_FACTOR": "2/hour"}])
def test_how_many_is_a_setting(program, ada, phone, clock, environ):
    for _ in range(2):
        assert refused(show(program, begin(program, ada), phone.wrong()))
    clock.tick(minutes=59)
    assert show(program, begin(program, ada), phone.code(1)).status_code == 429
    clock.tick(minutes=2)
    assert "access_token" in show(program, begin(program, ada), phone.code(1)).json


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_OTP_FACTOR": "off"}])
def test_there_may_be_no_lock(program, ada, phone, environ):
    for _ in range(7):
        assert refused(show(program, begin(program, ada), phone.wrong()))
    assert "access_token" in show(program, begin(program, ada), phone.code(1)).json


def test_the_app_of_another_is_none(program, ada, phone, make, app):
    bob = make.users.account()
    other = Program(app.test_client(use_cookies=False))
    other.sign_in(bob)
    his = set_up_app(other)
    assert refused(show(program, begin(program, ada), his.code(1)))
    code = his.recovery_codes[0]
    assert refused(show(program, begin(program, ada), code, "recovery_code"))


def test_what_is_no_code_is_refused_with_one_text(program, ada, phone):
    ticket = begin(program, ada)
    for method, code in (
        ("totp", "１２３４５６"),
        ("totp", ""),
        ("totp", phone.recovery_codes[0]),
        ("recovery_code", "ſ" * 10),
        ("recovery_code", phone.code(1)),
    ):
        assert refused(show(program, ticket, code, method)), (method, code)


def test_what_is_no_request_is_refused(program, ada, phone):
    ticket = begin(program, ada)
    good = {"ticket": ticket, "method": "totp", "code": phone.code(1)}
    for wrong in (
        {"code": None},
        {"code": [good["code"]]},
        {"code": 123456},
        {"code": "1" * 65},
        {"method": "password"},
        {"method": None},
        {"ticket": {}},
        {"ticket": "t" * 257},
        {"remember": True},
    ):
        assert program.post(FINISH, good | wrong).status_code == 400, wrong
    for unknown in ("", "ü", "t" * 43):
        answer = show(program, unknown, phone.code(1))
        assert declined(answer) == "ticket_invalid"


@pytest.mark.parametrize("status", ["disabled", "deleting"])
def test_an_account_that_is_not_in_use_opens_to_nobody(
    program, ada, phone, make, status
):
    ticket = begin(program, ada)
    make.users.set_status(ada, status)
    assert declined(show(program, ticket, phone.code(1))) == "ticket_invalid"


def test_refusals_and_locks_are_in_the_audit_log(program, owner, ada, phone, make):
    for _ in range(5):
        show(program, begin(program, ada), phone.wrong())
    show(program, begin(program, ada), "wrong", "recovery_code")
    assert make.records.audited("totp.used") == [("refused", ada.id)] * 5
    assert make.records.audited("recovery.used") == [("refused", ada.id)]
    assert make.records.audited("factor.locked") == [("ok", ada.id)]
    assert make.records.audited_details("factor.locked") == [{"method": "totp"}]
