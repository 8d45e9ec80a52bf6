"""POST /auth/register with a passkey in place of a password."""

import pytest
from sqlalchemy import func, select

from idp.accounts.lifecycle.approvals import approve
from idp.accounts.models import User
from idp.core.db import db
from tests.api.callers import Program, bearer, cookies_set, declined, fields, problem
from tests.authenticator import Authenticator, sign_in_by

OPTIONS, REGISTER = "/auth/register/passkey/options", "/auth/register"
CONFIRM = "/auth/email-verification"
ADDRESS = "grace@example.org"
PRIVATE = {"IDP_ACCOUNT_PRIVACY": "private"}
private = pytest.mark.parametrize("environ", [PRIVATE])


def begin(caller, address=ADDRESS, **more):
    answer = caller.post(OPTIONS, {"email": address} | more)
    assert answer.status_code == 200, answer.text
    return answer.json


def body_of(asked, key, address=ADDRESS, **how):
    shown = key.create(asked["options"], **how)
    return {"email": address, "ticket": asked["ticket"], "credential": shown}


def sign_up(caller, key, address=ADDRESS, **more):
    body = body_of(begin(caller, address), key, address)
    return caller.post(REGISTER, body | more)


def confirm(caller, make, address=ADDRESS, **more):
    mails = make.records.mails_to(address)
    [link] = [mail.link for mail in mails if mail.kind == "verify_email"]
    token = link.partition("token=")[2]
    return caller.post(CONFIRM, {"token": token} | more)


def people(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User))


def refused(answer):
    return declined(answer) == "passkey_refused"


def session_of(program, answer):
    return program.get("/api/auth", headers=bearer(answer.json)).json["auth"]


def test_an_account_without_a_password_is_made_and_opened_by_its_passkey(program, make):
    key = Authenticator()
    asked = begin(program, name="Grace Hopper")
    assert asked["options"]["user"]["name"] == ADDRESS
    assert asked["options"]["user"]["displayName"] == "Grace Hopper"
    answer = program.post(REGISTER, body_of(asked, key) | {"name": "Grace Hopper"})
    assert answer.status_code == 201, answer.text
    user = answer.json["user"]
    assert (user["email"], user["email_verified"]) == (ADDRESS, False)
    assert user["id"].encode() == key.user_handle
    me = program.get("/auth/me", headers=bearer(answer.json)).json
    assert me["credentials"]["password"] is False
    assert sorted(session_of(program, answer)["amr"]) == ["hwk", "mfa", "user"]
    registration = answer.json["registration"]
    assert confirm(program, make, registration=registration).status_code == 204
    assert sign_in_by(program, key).json["user"]["email_verified"]


def test_one_that_was_only_touched_counts_one(program):
    answer = sign_up(program, Authenticator(verifies=False))
    assert sorted(session_of(program, answer)["amr"]) == ["hwk", "user"]


def test_a_browser_gets_its_cookies_and_alone_can_answer(spa, another_spa):
    for browser in (spa, another_spa):
        browser.client.get("/register")
    body = body_of(begin(spa), Authenticator()) | {"cookies": True}
    assert refused(another_spa.post(REGISTER, body))
    answer = spa.post(REGISTER, body)
    assert answer.status_code == 201
    assert "__Host-idp" in cookies_set(answer)


def test_a_challenge_makes_one_account(app, program):
    body = body_of(begin(program), Authenticator())
    assert program.post(REGISTER, body).status_code == 201
    assert refused(program.post(REGISTER, body | {"email": "other@example.org"}))
    assert people(app) == 1


def test_a_challenge_works_for_five_minutes(app, program, clock):
    body = body_of(begin(program), Authenticator())
    clock.tick(minutes=5, seconds=1)
    assert refused(program.post(REGISTER, body))
    assert people(app) == 0


def test_what_is_wrong_makes_no_account(app, program):
    asked = [begin(program) for _ in range(3)]
    key, foreign = Authenticator(), Authenticator()
    foreign.rp_id = "evil.example"
    wrong = (
        body_of(asked[0], key, origin="https://evil.example"),
        body_of(asked[1], foreign),
        body_of(asked[2], key) | {"credential": {}},
        body_of(asked[2], key) | {"ticket": "ü"},
        {"email": ADDRESS, "credential": {"id": "x"}},
        {"email": ADDRESS, "ticket": asked[2]["ticket"]},
    )
    for body in wrong:
        assert refused(program.post(REGISTER, body))
    to_sign_in = program.post("/auth/passkey/options", {}).json
    made = key.create(asked[0]["options"] | {"challenge": "eA"})
    body = {"email": ADDRESS, "ticket": to_sign_in["ticket"], "credential": made}
    assert refused(program.post(REGISTER, body))
    assert people(app) == 0


def test_a_key_that_an_account_has_opens_no_second_one(app, program):
    key = Authenticator()
    assert sign_up(program, key).status_code == 201
    assert refused(sign_up(program, key, "other@example.org"))
    assert people(app) == 1


def test_a_password_or_a_passkey_is_needed_and_not_both(program):
    assert fields(program.post(REGISTER, {"email": ADDRESS})) == {
        "password": "required"
    }
    both = body_of(begin(program), Authenticator())
    both |= {"password": "nine quiet otters by the lake"}
    assert fields(program.post(REGISTER, both)) == {"password": "invalid"}


def test_what_is_wrong_with_the_account_is_named_and_can_be_mended(program, make):
    taken = make.users.account()
    body = body_of(begin(program), Authenticator())
    answer = program.post(REGISTER, body | {"email": taken.email})
    assert problem(answer) == (409, "email_taken")
    assert program.post(REGISTER, body).status_code == 201
    answer = program.post(OPTIONS, {"email": "no address"})
    assert list(fields(answer)) == ["email"]


@pytest.mark.parametrize("late", [True, False])
def test_policies_may_let_nobody_use_a_passkey(app, program, make, late):
    asked = begin(program) if late else None
    make.policies.decide(sign_in_methods=["password"])
    if late:
        answer = program.post(REGISTER, body_of(asked, Authenticator()))
    else:
        answer = program.post(OPTIONS, {"email": ADDRESS})
    assert problem(answer) == (403, "method_not_allowed")
    assert people(app) == 0


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_a_closed_server_makes_no_account(program):
    answer = program.post(OPTIONS, {"email": ADDRESS})
    assert problem(answer) == (403, "registration_closed")


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_REGISTER_IP": "2/hour"}])
def test_sign_ups_have_one_limit_whatever_opens_the_account(program):
    answers = [sign_up(program, Authenticator(), f"{n}@example.org") for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


def test_who_confirms_elsewhere_rids_the_account_of_the_passkey(program, make):
    key = Authenticator()
    sign_up(program, key)
    assert "access_token" in sign_in_by(program, key).json
    assert confirm(program, make).status_code == 204
    assert refused(sign_in_by(program, key))


def test_who_sets_a_password_by_mail_rids_the_account_of_the_passkey(program, make):
    key = Authenticator()
    sign_up(program, key)
    program.post("/auth/password-reset/email", {"email": ADDRESS})
    token = make.records.mail_to(ADDRESS).link.partition("token=")[2]
    new = {"token": token, "password": "seven loud geese in the rain"}
    assert program.post("/auth/password-reset", new).status_code == 204
    assert refused(sign_in_by(program, key))


@private
def test_the_passkey_waits_with_the_sign_up_for_the_proof(app, program, make):
    key = Authenticator()
    answer = sign_up(program, key)
    assert (answer.status_code, set(answer.json)) == (202, {"status", "registration"})
    assert people(app) == 0
    assert refused(sign_in_by(program, key))
    registration = answer.json["registration"]
    assert confirm(program, make, registration=registration).status_code == 204
    assert sign_in_by(program, key).json["user"]["email_verified"]


@private
def test_the_passkey_of_a_stranger_is_never_kept(program, make):
    key = Authenticator()
    sign_up(program, key)
    assert confirm(program, make).status_code == 204
    assert refused(sign_in_by(program, key))


@private
def test_a_passkey_that_waits_twice_opens_the_account_that_is_first(program, make):
    key, other = Authenticator(), "other@example.org"
    both = {address: sign_up(program, key, address) for address in (ADDRESS, other)}
    for address, answer in both.items():
        kept = {"registration": answer.json["registration"]}
        assert confirm(program, make, address, **kept).status_code == 204
    key.user_handle = b""
    assert sign_in_by(program, key).json["user"]["email"] == ADDRESS


@private
def test_a_taken_address_is_answered_as_a_free_one(program, make):
    taken = make.users.account()
    free, other = (
        sign_up(program, Authenticator(), address) for address in (ADDRESS, taken.email)
    )
    assert (free.status_code, other.status_code) == (202, 202)
    assert free.json.keys() == other.json.keys()


def test_sign_up_is_in_the_audit_log(program):
    answer = sign_up(program, Authenticator())
    owner = Program(program.client)
    owner.headers = bearer(answer.json)
    events = {item["event"] for item in owner.get("/account/activity").json["items"]}
    assert {"register", "passkey.added"} <= events


class TestApprovalWanted:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "approval"}

    def test_the_passkey_opens_it_once_it_is_approved(self, app, program, make):
        key = Authenticator()
        answer = sign_up(program, key)
        assert answer.status_code == 202
        registration = answer.json["registration"]
        assert confirm(program, make, registration=registration).status_code == 204
        assert declined(sign_in_by(program, key)) == "account_pending"
        with app.app_context():
            approve([make.records.user_id_of(ADDRESS)], by="operator")
            db.session.commit()
        assert sign_in_by(program, key).status_code == 200
        assert "user" in sign_in_by(program, key).json
