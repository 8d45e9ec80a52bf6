"""Who cannot show a second factor any more: an operator resets or unlocks it."""

import pytest

from idp.accounts.models import FactorChange, TotpSecret
from idp.core.db import db
from tests.api.callers import Program, Spa, problem
from tests.authenticator import add_passkey
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
NOTHING = {
    "totp": False,
    "passkeys": [],
    "recovery_codes": 0,
    "trusted_browsers": 0,
    "locked": [],
}


@pytest.fixture
def owner(app, http, ada):
    """A program that ada is signed in with."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


@pytest.fixture
def phone(owner):
    """The authenticator app of ada, who has a passkey too."""
    add_passkey(owner, name="Phone")
    return set_up_app(owner)


@pytest.fixture
def trusted(app, ada, phone, clock):
    """A browser that ada trusts."""
    spa = Spa(app.test_client())
    clock.tick(seconds=30)
    answer = show(spa, begin(spa, ada, cookies=True), phone.code(), trust=True)
    assert "access_token" in answer.json
    return spa


@pytest.fixture
def support(app, make):
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(make.users.account(roles=["support"]))
    return program


def path_of(account):
    return f"/api/accounts/{account.id}"


def begin(caller, account, **more):
    body = {"login": account.email, "password": account.password, **more}
    return caller.post("/auth/login", body)


def show(caller, begun, code, **more):
    body = {"ticket": begun.json["ticket"], "method": "totp", "code": code, **more}
    return caller.post("/auth/login/2fa", body)


def reset(caller, account):
    answer = caller.send("DELETE", f"{path_of(account)}/two-factor")
    assert answer.status_code == 204, answer.text


def lock(caller, account, phone):
    """Show five wrong codes."""
    begun = begin(caller, account)
    for _ in range(5):
        show(caller, begun, phone.wrong())


@pytest.mark.usefixtures("trusted")
def test_support_resets_all_and_the_password_alone_signs_in(app, support, program, ada):
    held = support.get(path_of(ada)).json["two_factor"]
    assert held == {
        "totp": True,
        "passkeys": ["Phone"],
        "recovery_codes": 10,
        "trusted_browsers": 1,
        "locked": [],
    }
    reset(support, ada)
    assert support.get(path_of(ada)).json["two_factor"] == NOTHING
    assert "access_token" in begin(program, ada).json
    with app.app_context():
        for table in (TotpSecret, FactorChange):
            assert db.session.query(table).count() == 0


def test_all_sessions_end_and_the_person_is_mailed(support, owner, trusted, ada, make):
    reset(support, ada)
    assert owner.get("/auth/me").status_code == 401
    assert trusted.get("/auth/me").status_code == 401
    mail = make.records.mail_to(ada.email)
    assert mail.kind == "factors_reset"
    assert "count no more" in mail.text


def test_a_sign_in_that_waits_is_void(support, program, phone, ada, clock):
    begun = begin(program, ada)
    reset(support, ada)
    clock.tick(seconds=30)
    assert show(program, begun, phone.code()).json["error"]["code"] == "ticket_invalid"


@pytest.mark.usefixtures("phone")
def test_the_audit_log_has_what_was_and_what_is(support, ada, make):
    reset(support, ada)
    (told,) = make.records.audited_details("factor.reset")
    assert told["before"]["passkeys"] == ["Phone"]
    assert told["after"] == NOTHING
    [done] = [
        row
        for row in make.records.audited_details("admin.action")
        if row["action"] == "factors.reset"
    ]
    assert (done["before"], done["after"]) == (told["before"], told["after"])


def test_who_has_none_loses_nothing(support, owner, ada, make):
    reset(support, ada)
    assert owner.get("/auth/me").status_code == 200
    assert make.records.audited_details("factor.reset") == []


def test_nobody_resets_those_of_an_operator_whom_support_is(support, make):
    other = make.users.account(roles=["auditor"])
    answer = support.send("DELETE", f"/api/accounts/{other.id}/two-factor")
    assert problem(answer) == (403, "not_permitted")


@pytest.mark.usefixtures("phone")
def test_one_removes_ones_own_app_and_no_passkey(owner, ada):
    reset(owner, ada)
    left = owner.get(path_of(ada)).json["two_factor"]
    assert (left["totp"], left["passkeys"]) == (False, ["Phone"])
    answer = owner.send("DELETE", f"{path_of(ada)}/two-factor")
    assert problem(answer) == (404, "factor_not_found")


@pytest.mark.usefixtures("phone")
def test_a_policy_asks_for_a_new_factor_after_it(support, program, ada, make):
    reset(support, ada)
    make.policies.decide(second_factor="required")
    program.sign_in(ada)
    assert program.get("/api/auth").json["status"] == "2fa_setup"


@pytest.mark.usefixtures("phone")
class TestResetMail:
    """After support has reset factors, a new password is not for the asking."""

    def ask(self, program, ada):
        body = {"email": ada.email}
        assert program.post("/auth/password-reset/email", body).status_code == 204

    def mails(self, make, ada):
        kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
        return kinds.count("password_reset")

    def test_none_goes_out_for_a_day(self, support, program, ada, make):
        reset(support, ada)
        self.ask(program, ada)
        answer = support.post(f"{path_of(ada)}/password-reset")
        assert problem(answer) == (409, "reset_mail_held")
        assert self.mails(make, ada) == 0

    def test_it_goes_out_a_day_later(self, support, ada, make, clock):
        reset(support, ada)
        clock.tick(hours=24, seconds=1)
        self.ask(support, ada)
        assert self.mails(make, ada) == 1

    def test_one_that_is_under_way_is_void(self, support, program, ada, make):
        self.ask(program, ada)
        token = make.records.mail_to(ada.email).token
        reset(support, ada)
        body = {"token": token, "password": "seven loud geese in the rain"}
        answer = program.post("/auth/password-reset", body)
        assert answer.json["error"]["code"] == "token_invalid"

    def test_nor_is_one_to_sign_in_by(self, support, program, ada, make, clock):
        asked = program.post("/auth/magic-link", {"email": ada.email}).json
        token = make.records.mails_to(ada.email)[-1].token
        reset(support, ada)
        body = {"token": token, "request": asked["request"]}
        answer = program.post("/auth/sign-in/token", body)
        assert answer.json["error"]["code"] == "token_invalid"
        program.post("/auth/magic-link", {"email": ada.email})
        kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
        assert kinds.count("magic_link") == 1

    def test_an_admin_sends_one(self, app, support, ada, make):
        reset(support, ada)
        admin = Program(app.test_client(use_cookies=False))
        admin.sign_in(make.users.account(roles=["admin"]))
        assert admin.post(f"{path_of(ada)}/password-reset").status_code == 204
        assert self.mails(make, ada) == 1

    def test_it_goes_out_after_a_reset_by_an_admin(self, admin, program, ada, make):
        reset(admin.api, ada)
        self.ask(program, ada)
        assert self.mails(make, ada) == 1


def test_support_unlocks_a_factor(support, phone, ada, make, clock):
    lock(support, ada, phone)
    assert support.get(path_of(ada)).json["two_factor"]["locked"] == ["totp"]
    answer = support.send("DELETE", f"{path_of(ada)}/factor-locks")
    assert answer.status_code == 204
    assert support.get(path_of(ada)).json["two_factor"]["locked"] == []
    clock.tick(seconds=30)
    assert "access_token" in show(support, begin(support, ada), phone.code()).json
    [done] = [
        row
        for row in make.records.audited_details("admin.action")
        if row["action"] == "factors.unlock"
    ]
    assert (done["before"], done["after"]) == ({"locked": ["totp"]}, {"locked": []})


def test_nobody_unlocks_ones_own(owner, program, phone, ada):
    lock(program, ada, phone)
    answer = owner.send("DELETE", f"{path_of(ada)}/factor-locks")
    assert problem(answer) == (403, "not_permitted")
