"""/account/passkeys: add, see, name and remove them."""

import pytest
from sqlalchemy import select

from idp.accounts.factors.passkeys.registry import count_left_behind
from idp.accounts.models import Passkey, User
from idp.core.db import db
from tests.api.callers import declined, fields, problem
from tests.authenticator import Authenticator, add_passkey, encoded, sign_in_by

PATH = "/account/passkeys"
callers = pytest.mark.parametrize("caller", ["program", "spa"])


@pytest.fixture
def ada(make):
    return make.users.account()


@callers
def test_a_passkey_is_added_named_and_removed(request, ada, caller, make):
    who = request.getfixturevalue(caller)
    who.sign_in(ada)
    add_passkey(who, name="  My   phone ", synced=True)
    [added] = who.get(PATH).json
    assert (added["name"], added["synced"]) == ("My phone", True)
    assert (added["last_used_at"], added["disabled"]) == (None, False)
    one = f"{PATH}/{added['id']}"
    assert who.send("PATCH", one, {"name": "Work phone"}).json["name"] == "Work phone"
    assert who.get("/auth/me").json["credentials"]["passkeys"] == ["Work phone"]
    assert who.send("DELETE", one).status_code == 204
    assert who.get(PATH).json == []
    assert problem(who.send("DELETE", one)) == (404, "no_such_passkey")
    assert problem(who.send("PATCH", one, {"name": "x"})) == (404, "no_such_passkey")


def test_the_owner_is_mailed_and_finds_it_in_the_activity(program, ada, make):
    program.sign_in(ada)
    add_passkey(program)
    [added] = program.get(PATH).json
    program.send("DELETE", f"{PATH}/{added['id']}")
    kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
    assert kinds[-2:] == ["passkey_added", "passkey_removed"]
    events = [item["event"] for item in program.get("/account/activity").json["items"]]
    assert {"passkey.added", "passkey.removed"} <= set(events)


def test_options_exclude_what_is_there_already(program, ada):
    program.sign_in(ada)
    phone = add_passkey(program)
    options = program.post(f"{PATH}/options").json["options"]
    excluded = [item["id"] for item in options["excludeCredentials"]]
    assert excluded == [encoded(phone.credential_id)]
    assert options["rp"]["id"] == "idp.example"


def test_options_want_a_proof_of_the_last_minutes(spa, ada, clock):
    spa.sign_in(ada)
    add_passkey(spa)
    [added] = spa.get(PATH).json
    clock.tick(minutes=11)
    late = problem(spa.post(f"{PATH}/options"))
    assert late == (403, "reauthentication_required")
    gone = problem(spa.send("DELETE", f"{PATH}/{added['id']}"))
    assert gone == (403, "reauthentication_required")


def test_nobody_adds_one_with_an_address_that_is_not_confirmed(program, make):
    program.sign_in(make.users.account(email_verified=False))
    assert problem(program.post(f"{PATH}/options")) == (403, "email_not_verified")


def answer_of(who, body):
    return declined(who.post(PATH, body))


def test_what_answers_wrongly_is_refused_with_one_text(program, ada):
    program.sign_in(ada)
    wrong = (
        {"origin": "https://evil.example"},
        {"origin": "https://sub.idp.example"},
    )
    for how in wrong:
        asked = program.post(f"{PATH}/options").json
        shown = Authenticator().create(asked["options"], **how)
        body = {"ticket": asked["ticket"], "credential": shown}
        assert answer_of(program, body) == "passkey_refused"
    asked = program.post(f"{PATH}/options").json
    other = Authenticator()
    other.rp_id = "evil.example"
    for body in (
        {"ticket": asked["ticket"], "credential": other.create(asked["options"])},
        {"ticket": "ü", "credential": {}},
        {"ticket": asked["ticket"], "credential": {"id": ["x"]}},
    ):
        assert answer_of(program, body) == "passkey_refused"
    assert program.get(PATH).json == []


def test_a_challenge_is_answered_once_in_time_and_by_who_asked(
    program, another_spa, ada, clock, make
):
    program.sign_in(ada)
    asked = program.post(f"{PATH}/options").json
    key = Authenticator()
    body = {"ticket": asked["ticket"], "credential": key.create(asked["options"])}
    another_spa.sign_in(ada)
    assert answer_of(another_spa, body) == "passkey_refused"
    assert program.post(PATH, body).status_code == 201
    assert answer_of(program, body) == "passkey_refused"
    asked = program.post(f"{PATH}/options").json
    clock.tick(minutes=5, seconds=1)
    shown = Authenticator().create(asked["options"])
    late = {"ticket": asked["ticket"], "credential": shown}
    assert answer_of(program, late) == "passkey_refused"


def test_a_challenge_to_sign_in_adds_nothing(program, ada):
    program.sign_in(ada)
    asked = program.post("/auth/passkey/options", {}).json
    options = asked["options"] | {"user": {"id": encoded(ada.id.encode())}}
    body = {"ticket": asked["ticket"], "credential": Authenticator().create(options)}
    assert answer_of(program, body) == "passkey_refused"


def test_one_key_is_of_one_account(program, another_spa, ada, make):
    program.sign_in(ada)
    key = add_passkey(program)
    another_spa.sign_in(make.users.account())
    asked = another_spa.post(f"{PATH}/options").json
    body = {"ticket": asked["ticket"], "credential": key.create(asked["options"])}
    assert answer_of(another_spa, body) == "passkey_refused"


@pytest.mark.parametrize(
    ("name", "code"), [(" ", "missing"), ("x" * 101, "too_long"), ("a\x00b", "invalid")]
)
def test_a_name_has_to_be_one(program, ada, name, code):
    program.sign_in(ada)
    add_passkey(program)
    [added] = program.get(PATH).json
    answer = program.send("PATCH", f"{PATH}/{added['id']}", {"name": name})
    assert fields(answer)["name"]


def test_another_persons_passkey_is_404(program, another_spa, ada, make):
    program.sign_in(ada)
    add_passkey(program)
    [added] = program.get(PATH).json
    another_spa.sign_in(make.users.account())
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = another_spa.send(method, f"{PATH}/{added['id']}", body)
        assert problem(answer) == (404, "no_such_passkey")


def test_the_last_way_in_stays(app, program, ada, make):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    program.sign_in(ada)
    add_passkey(program)
    add_passkey(program)
    with app.app_context():
        db.session.get_one(User, ada.id).password_hash = None
        db.session.commit()
    second, first = program.get(PATH).json
    assert program.send("DELETE", f"{PATH}/{second['id']}").status_code == 204
    last = program.send("DELETE", f"{PATH}/{first['id']}")
    assert problem(last) == (409, "last_way_in")
    assert len(program.get(PATH).json) == 1


def test_a_password_that_is_not_allowed_is_no_other_way_in(program, ada, make):
    program.sign_in(ada)
    add_passkey(program)
    [only] = program.get(PATH).json
    make.policies.decide(sign_in_methods=["passkey"])
    assert problem(program.send("DELETE", f"{PATH}/{only['id']}")) == (
        409,
        "last_way_in",
    )


def test_an_account_has_twenty_at_most(program, ada):
    program.sign_in(ada)
    for _ in range(20):
        add_passkey(program)
    refused = problem(program.post(f"{PATH}/options"))
    assert refused == (409, "too_many_passkeys")


def test_the_export_has_them_without_their_keys(program, ada):
    program.sign_in(ada)
    key = add_passkey(program, name="Phone")
    exported = program.post("/account/export", {"password": ada.password})
    assert exported.json["passkeys"][0]["name"] == "Phone"
    assert encoded(key.credential_id) not in exported.text


def test_signing_in_shows_in_the_list(program, ada):
    program.sign_in(ada)
    key = add_passkey(program)
    assert sign_in_by(program, key).json["user"]["id"] == ada.id
    [used] = program.get(PATH).json
    assert used["last_used_at"]


def test_it_keeps_the_host_that_it_was_made_for(app, program, ada):
    program.sign_in(ada)
    add_passkey(program)
    with app.app_context():
        assert db.session.scalar(select(Passkey.rp_id)) == "idp.example"
        assert count_left_behind() == {}
