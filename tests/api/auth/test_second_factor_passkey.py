"""A passkey or a security key as the second factor of a sign-in with a password."""

import pytest

from tests.api.callers import Program, bearer, declined, problem
from tests.authenticator import Authenticator, add_passkey, encoded, sign_in_by
from tests.authenticator_app import set_up_app

FINISH, OPTIONS = "/auth/login/2fa", "/auth/login/2fa/options"
PATH = "/account/passkeys"


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def owner(app, ada):
    """A program that ada is signed in with."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


def give_password(caller, account, **more):
    body = {"login": account.email, "password": account.password, **more}
    return caller.post("/auth/login", body)


def begin(caller, account, **more):
    answer = give_password(caller, account, **more)
    assert answer.json["status"] == "2fa_required"
    return answer.json["ticket"]


def ask(caller, ticket):
    return caller.post(OPTIONS, {"ticket": ticket}).json["options"]


def show(caller, ticket, credential):
    body = {"ticket": ticket, "method": "passkey", "credential": credential}
    return caller.post(FINISH, body)


def session_of(program, answer):
    program.headers = bearer(answer.json)
    return program.get("/api/auth").json["auth"]


def test_a_passkey_alone_does_not_ask_after_a_password(program, owner, ada):
    add_passkey(owner)
    assert "access_token" in give_password(program, ada).json
    assert owner.get("/auth/me").json["user"]["two_factor"] is False


@pytest.mark.parametrize("verifies", [True, False])
def test_a_security_key_of_the_second_step_does(program, owner, ada, verifies):
    key = add_passkey(owner, second_step=True, verifies=verifies)
    assert owner.get("/auth/me").json["user"]["two_factor"] is True
    assert owner.get(PATH).json[0]["second_step"] is True
    answer = give_password(program, ada)
    assert answer.json["methods"] == ["passkey", "recovery_code"]
    ticket = answer.json["ticket"]
    options = ask(program, ticket)
    assert [item["id"] for item in options["allowCredentials"]] == [
        encoded(key.credential_id)
    ]
    assert options["userVerification"] == "discouraged"
    auth = session_of(program, show(program, ticket, key.get(options)))
    assert auth["amr"] == ["hwk", "mfa", "pwd", "user"]


def add(caller, *, second_step):
    """Add a key; return the answer."""
    asked = caller.post(f"{PATH}/options", {"second_step": second_step}).json
    shown = Authenticator().create(asked["options"])
    return caller.post(PATH, {"ticket": asked["ticket"], "credential": shown}).json


def test_recovery_codes_come_with_the_first_security_key(program, owner, ada, make):
    first = add(owner, second_step=True)
    assert len(set(first["recovery_codes"])) == 10
    assert owner.get("/auth/me").json["credentials"]["recovery_codes_left"] == 10
    assert "recovery_codes" not in add(owner, second_step=True)
    assert set_up_app(owner).recovery_codes == []
    assert "recovery_codes" not in owner.get(PATH).json[0]
    code = {"method": "recovery_code", "code": first["recovery_codes"][0]}
    answer = program.post(FINISH, {"ticket": begin(program, ada), **code})
    assert "access_token" in answer.json


def test_no_codes_come_with_a_passkey_nor_with_a_key_beside_an_app(owner):
    assert "recovery_codes" not in add(owner, second_step=False)
    assert len(set_up_app(owner).recovery_codes) == 10
    assert "recovery_codes" not in add(owner, second_step=True)


def test_it_signs_nobody_in_alone_and_is_no_way_in(program, owner, make):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    key = add_passkey(owner, second_step=True)
    assert declined(sign_in_by(program, key)) == "passkey_refused"
    refused = problem(owner.send("DELETE", "/account/password"))
    assert refused == (409, "last_way_in")


def test_a_passkey_is_offered_where_an_app_asks_and_first(program, owner, ada):
    phone = set_up_app(owner)
    key = add_passkey(owner, synced=True)
    answer = give_password(program, ada)
    assert answer.json["methods"] == ["passkey", "totp", "recovery_code"]
    ticket = answer.json["ticket"]
    shown = key.get(ask(program, ticket))
    assert session_of(program, show(program, ticket, shown))["amr"] == [
        "mfa", "pwd", "swk", "user"
    ]  # fmt: skip
    assert phone.recovery_codes


def test_where_a_second_factor_is_required_a_passkey_is_one(program, owner, ada, make):
    key = add_passkey(owner)
    make.policies.decide(second_factor="required")
    answer = give_password(program, ada)
    assert answer.json["methods"] == ["passkey"]
    ticket = answer.json["ticket"]
    shown = key.get(ask(program, ticket))
    assert "access_token" in show(program, ticket, shown).json


def test_what_is_wrong_is_refused_with_one_text_and_the_sign_in_waits(
    program, owner, ada, make
):
    key, stranger = add_passkey(owner, second_step=True), Authenticator()
    bob = make.users.account()
    other = Program(program.client)
    other.sign_in(bob)
    bobs = add_passkey(other)
    ticket = begin(program, ada)

    def of_another_purpose(_options):
        asked = program.post("/auth/passkey/options", {}).json
        return key.get(asked["options"])

    wrong = (
        stranger.get,
        bobs.get,
        of_another_purpose,
        lambda options: key.get(options, origin="https://evil.example"),
        lambda options: key.get(options) | {"id": "unknown"},
        lambda _: {},
    )
    for how in wrong:
        answer = show(program, ticket, how(ask(program, ticket)))
        assert declined(answer) == "passkey_refused"
    replayed = key.get(ask(program, ticket))
    assert "access_token" in show(program, ticket, replayed).json
    assert declined(show(program, ticket, replayed)) == "ticket_invalid"
    again = begin(program, ada)
    ask(program, again)
    assert declined(show(program, again, replayed)) == "passkey_refused"


def test_options_are_for_one_sign_in_for_five_minutes_and_the_newest_hold(
    program, owner, ada, clock
):
    key = add_passkey(owner, second_step=True)
    first, second = begin(program, ada), begin(program, ada)
    for_first = ask(program, first)
    ask(program, second)
    refused = show(program, second, key.get(for_first))
    assert declined(refused) == "passkey_refused"
    clock.tick(seconds=1)
    ask(program, first)
    outdated = show(program, first, key.get(for_first))
    assert declined(outdated) == "passkey_refused"
    clock.tick(seconds=1)
    options = ask(program, first)
    clock.tick(minutes=5, seconds=1)
    assert declined(show(program, first, key.get(options))) == "passkey_refused"
    clock.tick(minutes=5)
    late = program.post(OPTIONS, {"ticket": first})
    assert declined(late) == "ticket_invalid"


def test_where_no_key_is_due_there_are_no_options(program, owner, ada):
    set_up_app(owner)
    ticket = begin(program, ada)
    refused = program.post(OPTIONS, {"ticket": ticket})
    assert declined(refused) == "method_not_allowed"
    assert declined(show(program, ticket, {"id": "x"})) == "passkey_refused"


def test_in_a_browser_its_cookie_is_needed(spa, program, owner, ada):
    key = add_passkey(owner, second_step=True)
    ticket = begin(spa, ada, cookies=True)
    stolen = program.post(OPTIONS, {"ticket": ticket})
    assert declined(stolen) == "ticket_invalid"
    answer = show(spa, ticket, key.get(ask(spa, ticket)))
    assert "refresh_token" not in answer.json
    assert spa.get("/auth/me").status_code == 200


def test_a_copy_is_disabled_and_still_asked_for(program, owner, ada, make):
    key = add_passkey(owner, second_step=True)
    for _ in range(2):
        ticket = begin(program, ada)
        assert "user" in show(program, ticket, key.get(ask(program, ticket))).json
    key.count = 0
    ticket = begin(program, ada)
    copied = show(program, ticket, key.get(ask(program, ticket)))
    assert declined(copied) == "passkey_refused"
    assert make.records.mail_to(ada.email).kind == "passkey_disabled"
    assert begin(program, ada)


def test_removing_the_last_second_step_turns_it_off(program, owner, ada, make):
    add_passkey(owner, second_step=True)
    assert owner.post("/account/recovery-codes").status_code == 200
    (key,) = owner.get(PATH).json
    assert owner.send("DELETE", f"{PATH}/{key['id']}").status_code == 204
    assert "access_token" in give_password(program, ada).json
    credentials = owner.get("/auth/me").json["credentials"]
    assert credentials["recovery_codes_left"] == 0
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert {"security_key_added", "security_key_removed"} <= set(kinds)


def undo(http, link):
    page = http.get(link)
    token = link.partition("token=")[2]
    csrf = page.text.partition('name="csrf_token" type="hidden" value="')[2]
    form = {"csrf_token": csrf.partition('"')[0], "token": token}
    return http.post("/factor-change/undo", data=form)


@pytest.mark.parametrize("second_step", [True, False])
def test_a_key_that_was_added_is_undone_by_mail(spa, owner, ada, make, second_step):
    before = add_passkey(owner)
    key = add_passkey(owner, second_step=second_step)
    link = make.records.mail_to(ada.email).link
    assert undo(spa.client, link).status_code == 303
    assert owner.get(PATH).status_code == 401
    assert declined(sign_in_by(spa, key)) == "passkey_refused"
    assert sign_in_by(spa, before).json["user"]["two_factor"] is False


def test_a_key_that_was_removed_comes_back_by_mail(http, program, owner, ada, make):
    kept, key = add_passkey(owner), add_passkey(owner)
    newest, _ = owner.get(PATH).json
    owner.send("DELETE", f"{PATH}/{newest['id']}")
    assert declined(sign_in_by(program, key)) == "passkey_refused"
    assert undo(http, make.records.mail_to(ada.email).link).status_code == 303
    for each in (key, kept):
        assert "access_token" in sign_in_by(program, each).json


def test_every_change_ends_what_waits(program, owner, ada):
    add_passkey(owner, second_step=True)
    ticket = begin(program, ada)
    add_passkey(owner)
    refused = program.post(OPTIONS, {"ticket": ticket})
    assert declined(refused) == "ticket_invalid"
