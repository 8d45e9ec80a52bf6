"""Proving once more who one is, in JSON: by the best that the user has."""

import pytest

from tests.api.callers import declined, problem
from tests.api.proofs import CONFIRM as PATH
from tests.api.proofs import confirm, eleven_minutes
from tests.authenticator import Authenticator, add_passkey
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
NEW = "a much longer one, quietly"
# What wants a fresh proof, with the field that takes a password.
ACTS = {
    "export": ("POST", "/account/export", "password", {}),
    "address": ("POST", "/account/email", "password", {"new_email": "a@example.com"}),
    "deletion": ("POST", "/auth/delete-account", "current_password", {}),
    "password": ("PUT", "/auth/change-password", "current_password", {}),
    "old and new": ("PUT", "/api/v1/account/password", "old", {"new": NEW}),
    "codes": ("POST", "/account/recovery-codes", None, None),
    "passkey": ("POST", "/account/passkeys/options", None, None),
}
ACTS["password"][3]["new_password"] = NEW
callers = pytest.mark.parametrize("caller", ["program", "spa"])


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def who(request, caller):
    """A program, or a page's script."""
    return request.getfixturevalue(caller)


@pytest.fixture
def signed_in(who, ada):
    who.answer = who.sign_in(ada)
    return who


def act(caller, name, account):
    method, path, field, body = ACTS[name]
    if field:
        body = body | {field: account.password}
    return caller.send(method, path, body)


@callers
@pytest.mark.parametrize("name", ACTS)
def test_with_a_second_factor_a_password_alone_is_no_fresh_proof(
    signed_in, ada, clock, name
):
    phone = set_up_app(signed_in)
    eleven_minutes(signed_in, clock)
    refused = act(signed_in, name, ada)
    assert problem(refused) == (403, "reauthentication_required")
    assert refused.json["methods"] == ["totp", "recovery_code"]
    assert confirm(signed_in, method="totp", code=phone.code()).status_code == 200
    assert act(signed_in, name, ada).status_code < 300


@callers
def test_nor_is_it_a_way_to_confirm(signed_in, ada, clock):
    set_up_app(signed_in)
    refused = confirm(signed_in, password=ada.password)
    assert problem(refused) == (403, "reauthentication_required")
    assert refused.json["methods"] == ["totp", "recovery_code"]


@callers
def test_without_one_the_password_confirms_for_ten_minutes(signed_in, ada, clock):
    eleven_minutes(signed_in, clock)
    refused = act(signed_in, "passkey", ada)
    assert problem(refused) == (403, "reauthentication_required")
    assert refused.json["methods"] == ["password"]
    assert declined(confirm(signed_in, password="not it")) == "wrong_password"
    answer = confirm(signed_in, password=ada.password)
    assert answer.json["user"]["id"] == ada.id
    assert act(signed_in, "passkey", ada).status_code == 200
    clock.tick(minutes=9)
    assert act(signed_in, "passkey", ada).status_code == 200


@callers
def test_a_recovery_code_confirms_once(signed_in, ada, clock):
    phone = set_up_app(signed_in)
    code = phone.recovery_codes[0]
    eleven_minutes(signed_in, clock)
    wrong = confirm(signed_in, method="recovery_code", code="AAAAA-AAAAA")
    assert declined(wrong) == "code_invalid"
    assert confirm(signed_in, method="recovery_code", code=code).status_code == 200
    assert act(signed_in, "codes", ada).status_code == 200
    again = confirm(signed_in, method="recovery_code", code=code)
    assert declined(again) == "code_invalid"


def by_passkey(caller, key, *, ticket=None):
    asked = caller.post(f"{PATH}/options").json
    shown = key.get(asked["options"])
    return confirm(caller, ticket=ticket or asked["ticket"], credential=shown)


@callers
def test_a_passkey_confirms(signed_in, ada, clock, make):
    key = add_passkey(signed_in)
    make.users.enrol(ada, "passkey")
    eleven_minutes(signed_in, clock)
    refused = act(signed_in, "passkey", ada)
    assert problem(refused) == (403, "reauthentication_required")
    assert refused.json["methods"] == ["passkey", "password"]
    asked = signed_in.post(f"{PATH}/options").json["options"]
    assert len(asked["allowCredentials"]) == 1
    assert by_passkey(signed_in, key).status_code == 200
    assert act(signed_in, "passkey", ada).status_code == 200


def test_whatever_is_wrong_with_a_passkey_the_answer_is_the_same(
    spa, another_spa, ada, make
):
    spa.sign_in(ada)
    key = add_passkey(spa)
    bob = make.users.account()
    another_spa.sign_in(bob)
    foreign = add_passkey(another_spa)
    ticket = another_spa.post(f"{PATH}/options").json["ticket"]
    sign_in = spa.post("/auth/passkey/options", {}).json["ticket"]
    stranger = Authenticator()
    stranger.credential_id = key.credential_id
    answers = [
        by_passkey(spa, foreign),
        by_passkey(spa, stranger),
        by_passkey(spa, key, ticket=ticket),
        by_passkey(spa, key, ticket=sign_in),
        by_passkey(spa, key, ticket="é"),
        confirm(spa, ticket="x", credential={}),
    ]
    assert {declined(answer) for answer in answers} == {"passkey_refused"}
    asked = spa.post(f"{PATH}/options").json
    shown = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
    assert confirm(spa, **shown).status_code == 200
    assert declined(confirm(spa, **shown)) == "passkey_refused"


def test_a_copied_passkey_is_found_out_here_too(spa, ada, make):
    spa.sign_in(ada)
    key = add_passkey(spa)
    assert by_passkey(spa, key).status_code == 200
    key.count = 0
    assert declined(by_passkey(spa, key)) == "passkey_refused"
    assert [key["disabled"] for key in spa.get("/account/passkeys").json] == [True]


def test_after_it_the_tokens_and_cookies_from_before_are_void(program, ada, clock):
    first = program.sign_in(ada)
    answer = confirm(program, password=ada.password)
    assert program.get("/auth/me").status_code == 200
    again = {"refresh_token": first["refresh_token"]}
    late = problem(program.post("/auth/refresh", again))
    assert late == (401, "invalid_refresh_token")
    assert answer.json["refresh_token"] != first["refresh_token"]


def test_the_session_stays_the_same(spa, ada):
    spa.sign_in(ada)
    before = spa.get("/api/auth").json["auth"]["sid"]
    confirm(spa, password=ada.password)
    assert spa.get("/api/auth").json["auth"]["sid"] == before


def test_the_session_of_a_program_idles_no_sooner_for_it(program, ada, clock):
    program.answer = program.sign_in(ada)
    program.answer = confirm(program, password=ada.password).json
    clock.tick(hours=20)
    token = program.answer["refresh_token"]
    answer = program.post("/auth/refresh", {"refresh_token": token})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"method": "password", "code": "x"}, {"ticket": "x"}, {"credential": {}}],
)
def test_what_is_no_proof_is_400(program, ada, body):
    program.sign_in(ada)
    assert program.post(PATH, body).status_code == 400


def test_five_wrong_codes_lock_it_here_too(spa, ada):
    spa.sign_in(ada)
    phone = set_up_app(spa)
    for _ in range(5):
        confirm(spa, method="totp", code=phone.wrong())
    locked = problem(confirm(spa, method="totp", code=phone.code(1)))
    assert locked == (429, "too_many_requests")
