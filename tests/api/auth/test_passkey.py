"""/auth/passkey: sign in with a passkey, and nothing tells who has one."""

import pytest

from idp.accounts.models import User
from idp.core.db import db
from tests.api.callers import Program, bearer, cookies_set, declined, problem
from tests.authenticator import Authenticator, add_passkey, encoded, sign_in_by

OPTIONS, SIGN_IN = "/auth/passkey/options", "/auth/passkey"


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def owner(app, ada):
    """A program that ada is signed in with."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


def refused(answer):
    assert answer.json["error"]["message"] == (
        "No passkey was used. Try again or use another way."
    )
    return declined(answer) == "passkey_refused"


def session_of(program, answer):
    program.headers = bearer(answer.json)
    return program.get("/api/auth").json["auth"]


@pytest.mark.parametrize("synced", [True, False])
@pytest.mark.parametrize(("verifies", "more"), [(True, ["mfa"]), (False, [])])
def test_one_that_was_unlocked_counts_two(program, owner, synced, verifies, more):
    key = add_passkey(owner, synced=synced, verifies=verifies)
    answer = sign_in_by(program, key)
    auth = session_of(program, answer)
    kind = "swk" if synced else "hwk"
    assert sorted(auth["amr"]) == sorted([kind, "user", *more])


def test_a_browser_gets_its_cookies(spa, owner):
    key = add_passkey(owner)
    answer = sign_in_by(spa, key, cookies=True, remember=True)
    assert "__Host-idp" in cookies_set(answer)
    assert "refresh_token" not in answer.json
    assert spa.get("/auth/me").status_code == 200


def test_a_challenge_works_once(program, owner):
    key = add_passkey(owner)
    asked = program.post(OPTIONS, {}).json
    body = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert "access_token" in program.post(SIGN_IN, body).json
    assert refused(program.post(SIGN_IN, body))
    again = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert refused(program.post(SIGN_IN, again))


def test_a_challenge_works_for_five_minutes(program, owner, clock):
    key = add_passkey(owner)
    asked = program.post(OPTIONS, {}).json
    clock.tick(minutes=5, seconds=1)
    body = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert refused(program.post(SIGN_IN, body))


def test_a_challenge_works_in_the_browser_that_asked(spa, another_spa, owner):
    key = add_passkey(owner)
    for browser in (spa, another_spa):
        browser.client.get("/login")
    asked = spa.post(OPTIONS, {}).json
    body = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert refused(another_spa.post(SIGN_IN, body))
    assert "access_token" in spa.post(SIGN_IN, body).json


def test_what_is_signed_wrongly_is_refused(program, owner, ada):
    key, stranger = add_passkey(owner), Authenticator()

    def signed(how):
        asked = program.post(OPTIONS, {}).json
        return program.post(
            SIGN_IN, {"ticket": asked["ticket"], "credential": how(asked["options"])}
        )

    def tampered(options):
        shown = key.get(options)
        shown["response"]["signature"] = encoded(b"0" * 70)
        return shown

    def forged(options):
        stranger.credential_id = key.credential_id
        stranger.user_handle = ada.id.encode()
        return stranger.get(options)

    def of_another(options):
        shown = key.get(options)
        shown["response"]["userHandle"] = encoded(b"somebody else")
        return shown

    wrong = (
        tampered,
        forged,
        of_another,
        lambda _: {},
        lambda _: {"id": "ü"},
        lambda options: key.get(options | {"challenge": encoded(b"mine")}),
        lambda options: key.get(options, origin="https://evil.example"),
        lambda options: key.get(options, origin="http://idp.example"),
        lambda options: stranger.get(options) | {"id": "unknown"},
    )
    for how in wrong:
        assert refused(signed(how))


def test_an_oversized_credential_is_refused(program):
    asked = program.post(OPTIONS, {}).json
    big = {"ticket": asked["ticket"], "credential": {"id": "x" * 70_000}}
    assert program.post(SIGN_IN, big).status_code == 413


def test_a_login_names_the_keys_of_its_account(program, owner, ada, make):
    key = add_passkey(owner)
    for login in (ada.email, ada.username):
        asked = program.post(OPTIONS, {"login": login}).json
        allowed = [item["id"] for item in asked["options"]["allowCredentials"]]
        assert allowed == [encoded(key.credential_id)]
        shown = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
        assert "access_token" in program.post(SIGN_IN, shown).json
    bob = make.users.account()
    another = Program(program.client)
    another.sign_in(bob)
    other = add_passkey(another)
    asked = program.post(OPTIONS, {"login": ada.email}).json
    shown = {"ticket": asked["ticket"], "credential": other.get(asked["options"])}
    assert refused(program.post(SIGN_IN, shown))


def test_options_look_the_same_for_unknown_logins(program, owner, ada, make):
    add_passkey(owner)
    without = make.users.account()
    known = program.post(OPTIONS, {"login": ada.email}).json["options"]
    for login in (without.email, "nobody@example.com", "nobody", "n ü"):
        first, second = (
            program.post(OPTIONS, {"login": login}).json["options"] for _ in range(2)
        )
        assert first["allowCredentials"] == second["allowCredentials"]
        assert first["challenge"] != second["challenge"]
        assert first.keys() == known.keys()
        decoy, real = first["allowCredentials"][0], known["allowCredentials"][0]
        assert decoy.keys() == real.keys()
        assert len(decoy["id"]) == len(real["id"])


def test_a_passkey_of_another_does_not_tell_unknown_logins(program, owner):
    key = add_passkey(owner)
    asked = program.post(OPTIONS, {"login": "nobody@example.com"}).json
    shown = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert refused(program.post(SIGN_IN, shown))


def test_a_counter_that_goes_back_disables_the_key(program, owner, ada, make):
    key = add_passkey(owner)
    assert "access_token" in sign_in_by(program, key).json
    key.count -= 2
    assert refused(sign_in_by(program, key))
    key.count += 10
    assert refused(sign_in_by(program, key))
    [kept] = owner.get("/account/passkeys").json
    assert kept["disabled"]
    assert make.records.mail_to(ada.email).kind == "passkey_disabled"


def test_a_removed_passkey_signs_in_no_more(program, owner):
    key = add_passkey(owner)
    [added] = owner.get("/account/passkeys").json
    owner.send("DELETE", f"/account/passkeys/{added['id']}")
    assert refused(sign_in_by(program, key))


@pytest.mark.parametrize("status", ["disabled", "deleting"])
def test_an_account_that_is_not_in_use_opens_to_nobody(
    program, owner, ada, make, status
):
    key = add_passkey(owner)
    make.users.set_status(ada, status)
    assert refused(sign_in_by(program, key))


def test_policies_may_not_allow_it_to_a_role(app, program, make):
    admin = Program(app.test_client(use_cookies=False))
    admin.sign_in(make.users.account(roles=["admin"]))
    key = add_passkey(admin)
    make.policies.decide("role", "admin", sign_in_methods=["password"])
    assert refused(sign_in_by(program, key))


def test_a_second_factor_is_due_after_one_that_was_not_unlocked(
    app, program, owner, ada
):
    key = add_passkey(owner, verifies=False)
    with app.app_context():
        db.session.get_one(User, ada.id).factors = ["totp"]
        db.session.commit()
    answer = sign_in_by(program, key)
    assert answer.json["status"] == "2fa_required"
    assert answer.json["methods"] == ["totp", "recovery_code"]


def test_refusals_are_in_the_audit_log(program, owner, ada, make):
    key = add_passkey(owner)
    asked = program.post(OPTIONS, {}).json
    shown = key.get(asked["options"], origin="https://evil.example")
    program.post(SIGN_IN, {"ticket": asked["ticket"], "credential": shown})
    events = [item["event"] for item in owner.get("/account/activity").json["items"]]
    assert "passkey.refused" in events


def test_asking_has_a_limit(program):
    codes = {program.post(OPTIONS, {}).status_code for _ in range(601)}
    assert codes == {200, 429}
    assert problem(program.post(OPTIONS, {})) == (429, "too_many_requests")
