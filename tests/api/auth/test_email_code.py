"""A mailed code as the second factor, where policies allow it."""

import pytest

from tests.api.callers import Program, bearer, declined, problem
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
FINISH, OPTIONS = "/auth/login/2fa", "/auth/login/2fa/options"
KIND = "second_factor_code"


@pytest.fixture
def ada(make):
    make.policies.decide(second_factor="required", email_code="on")
    return make.users.account("ada@example.com")


@pytest.fixture
def mailed(make, ada):
    """Return the code of the newest mail."""

    def code():
        mail = make.records.mail_to(ada.email)
        assert mail.kind == KIND
        return mail.code

    return code


def begin(caller, account, **more):
    body = {"login": account.email, "password": account.password, **more}
    return caller.post("/auth/login", body).json


def ask(caller, ticket, **more):
    return caller.post(OPTIONS, {"ticket": ticket, "method": "email_code", **more})


def show(caller, ticket, code, method="email_code"):
    return caller.post(FINISH, {"ticket": ticket, "method": method, "code": code})


def other(code):
    return "000000" if code != "000000" else "111111"


def test_it_finishes_a_sign_in_and_is_no_second_level(program, ada, mailed, make):
    make.clients.spa(client_name="Notes")
    waits = begin(program, ada)
    assert waits["methods"] == ["email_code"]
    asked = ask(program, waits["ticket"], return_url="https://app.example/home")
    assert asked.json == {"status": "code_sent"}
    assert "\nTo go on to Notes\n" in make.records.mail_to(ada.email).text
    answer = show(program, waits["ticket"], mailed())
    program.headers = bearer(answer.json)
    auth = program.get("/api/auth").json
    assert auth["status"] == "ok"
    assert auth["auth"]["amr"] == ["otp", "pwd"]


def test_nothing_is_mailed_before_it_is_asked_for(program, ada, make):
    begin(program, ada)
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert KIND not in kinds


def test_it_works_once(program, ada, mailed):
    first = begin(program, ada)["ticket"]
    ask(program, first)
    code = mailed()
    assert "access_token" in show(program, first, code).json
    second = begin(program, ada)["ticket"]
    assert declined(show(program, second, code)) == "code_invalid"


def test_it_works_for_the_sign_in_that_asked(program, ada, mailed):
    first, second = (begin(program, ada)["ticket"] for _ in range(2))
    ask(program, first)
    assert declined(show(program, second, mailed())) == "code_invalid"


def test_a_new_one_makes_the_one_before_void(program, ada, mailed):
    ticket = begin(program, ada)["ticket"]
    ask(program, ticket)
    old = mailed()
    ask(program, ticket)
    if old != mailed():
        assert declined(show(program, ticket, old)) == "code_invalid"
    assert "access_token" in show(program, ticket, f" {mailed()} ").json


def test_it_works_for_ten_minutes(program, ada, mailed, clock):
    ticket = begin(program, ada)["ticket"]
    ask(program, ticket)
    clock.tick(minutes=10)
    assert declined(show(program, ticket, mailed())) == "ticket_invalid"


def test_five_wrong_ones_lock_it_though_a_new_one_is_mailed(
    program, ada, mailed, clock
):
    ticket = begin(program, ada)["ticket"]
    ask(program, ticket)
    for _ in range(5):
        assert declined(show(program, ticket, other(mailed()))) == "code_invalid"
    ask(program, ticket)
    locked = show(program, ticket, mailed())
    assert problem(locked) == (429, "too_many_requests")
    clock.tick(minutes=15, seconds=1)
    ticket = begin(program, ada)["ticket"]
    ask(program, ticket)
    assert "access_token" in show(program, ticket, mailed()).json


def test_mails_have_a_limit(program, ada):
    ticket = begin(program, ada)["ticket"]
    codes = [ask(program, ticket).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_it_is_one_way_beside_a_stronger_one(app, program, ada, make):
    make.policies.decide(second_factor="optional")
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(ada)
    phone = set_up_app(owner)
    waits = begin(program, ada)
    assert waits["methods"] == ["totp", "email_code", "recovery_code"]
    ask(program, waits["ticket"])
    code = make.records.mail_to(ada.email).code
    wrong = show(program, waits["ticket"], code, "totp")
    assert declined(wrong) == "code_invalid"
    assert "access_token" in show(program, waits["ticket"], phone.code(1), "totp").json


def test_it_is_no_way_where_policies_do_not_allow_it(app, program, make):
    bob = make.users.account()
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(bob)
    set_up_app(owner)
    waits = begin(program, bob)
    assert waits["methods"] == ["totp", "recovery_code"]
    assert declined(ask(program, waits["ticket"])) == "method_not_allowed"
    assert declined(show(program, waits["ticket"], "123456")) == "code_invalid"


def test_it_reaches_no_level_of_two_factors(program, ada, make, mailed):
    make.policies.decide(second_factor="required", email_code="on", acr="aal2")
    ticket = begin(program, ada)["ticket"]
    ask(program, ticket)
    program.headers = bearer(show(program, ticket, mailed()).json)
    assert program.get("/api/auth").json["status"] == "2fa_setup"


def test_one_mailbox_is_one_factor(spa, ada, make, app):
    make.policies.decide(second_factor="optional", email_code="on")
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(ada)
    set_up_app(owner)
    spa.post("/api/auth/reset/request", {"email": ada.email})
    token = make.records.mail_to(ada.email).token
    password = "seven loud geese in the rain"
    body = {"token": token, "password": password, "confirmPassword": password}
    assert spa.post("/api/auth/reset/submit", body).json == {"status": "2fa_required"}
    answer = spa.post(OPTIONS, {"method": "email_code"})
    assert declined(answer) == "method_not_allowed"


def test_a_front_end_of_this_site_asks_by_its_cookie(spa, ada, mailed):
    body = {"email": ada.email, "password": ada.password}
    assert spa.post("/api/auth/login", body).json == {"status": "2fa_required"}
    assert spa.post(OPTIONS, {"method": "email_code"}).json == {"status": "code_sent"}
    done = spa.post("/api/auth/2fa/verify", {"token": mailed()}).json
    assert done["status"] == "ok"


def test_what_waits_nowhere_gets_no_mail(program, spa, ada):
    assert declined(ask(program, "t" * 43)) == "ticket_invalid"
    assert declined(spa.post(OPTIONS, {"method": "email_code"})) == "ticket_invalid"
    assert declined(program.post(OPTIONS, {})) == "ticket_invalid"
    for wrong in ({"method": "totp"}, {"method": None}, {"ticket": []}):
        assert program.post(OPTIONS, wrong).status_code == 400


def test_what_is_no_code_is_refused(program, ada, make):
    ticket = begin(program, ada)["ticket"]
    for code in ("", "１２３４５６", "ü", "12345"):
        assert declined(show(program, ticket, code)) == "code_invalid"
    assert make.records.audited("email_code.used") == [("refused", ada.id)] * 4
