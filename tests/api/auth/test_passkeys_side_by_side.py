"""One challenge, answered twice at once: one answer counts."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.callers import Program
from tests.authenticator import Authenticator, add_passkey

ROUNDS, CALLERS = 5, 4
PATH = "/account/passkeys"
OPEN = {"IDP_THREADS": str(CALLERS), "IDP_RATELIMIT_REGISTER_IP": "off"}
PRIVATE = OPEN | {"IDP_ACCOUNT_PRIVACY": "private"}


@pytest.fixture
def environ():
    return OPEN


@pytest.fixture
def ada(app, make):
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(make.users.account())
    return program


def at_once(app, headers, *, path, bodies):
    """Send each body by a caller of its own, all at one moment; return the answers."""
    start = Barrier(len(bodies))

    def send(body):
        caller = Program(app.test_client(use_cookies=False))
        caller.headers = headers
        start.wait()
        return caller.post(path, body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


def test_one_challenge_begins_one_session(app, ada):
    key = add_passkey(ada, synced=True)
    for _ in range(ROUNDS):
        asked = ada.post("/auth/passkey/options", {}).json
        bodies = [
            {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
            for _ in range(CALLERS)
        ]
        answers = at_once(app, {}, path="/auth/passkey", bodies=bodies)
        assert sum("access_token" in answer.json for answer in answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_one_key_finishes_a_sign_in_once(app, ada, make):
    owner = make.users.account()
    ada.sign_in(owner)
    key = add_passkey(ada, second_step=True, synced=True)
    for _ in range(ROUNDS):
        login = {"login": owner.email, "password": owner.password}
        ticket = ada.post("/auth/login", login).json["ticket"]
        asked = ada.post("/auth/login/2fa/options", {"ticket": ticket}).json
        shown = {"method": "passkey", "credential": key.get(asked["options"])}
        bodies = [{"ticket": ticket} | shown for _ in range(CALLERS)]
        answers = at_once(app, {}, path="/auth/login/2fa", bodies=bodies)
        assert sum("access_token" in answer.json for answer in answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_one_challenge_adds_one_passkey(app, ada):
    for number in range(ROUNDS):
        asked = ada.post("/account/passkeys/options").json
        bodies = [
            {
                "ticket": asked["ticket"],
                "credential": Authenticator().create(asked["options"]),
            }
            for _ in range(CALLERS)
        ]
        answers = at_once(app, ada.headers, path="/account/passkeys", bodies=bodies)
        assert sorted(a.status_code for a in answers) == [200] * (CALLERS - 1) + [201]
        assert len(ada.get("/account/passkeys").json) == number + 1


def test_of_two_that_show_one_count_one_is_a_copy(app, ada):
    for _ in range(ROUNDS):
        key, bodies = add_passkey(ada), []
        for _ in range(2):
            asked = ada.post("/auth/passkey/options", {}).json
            shown = key.get(asked["options"])
            bodies.append({"ticket": asked["ticket"], "credential": shown})
            key.count -= 1
        answers = at_once(app, {}, path="/auth/passkey", bodies=bodies)
        assert sum("access_token" in answer.json for answer in answers) == 1


def test_of_password_and_passkey_that_are_removed_at_once_one_stays(app, make):
    make.policies.decide(sign_in_methods=["password", "passkey"])
    for _ in range(ROUNDS):
        caller = Program(app.test_client(use_cookies=False))
        caller.sign_in(make.users.account())
        add_passkey(caller)
        (only,) = caller.get(PATH).json
        start = Barrier(2)

        def remove(path, headers=caller.headers, start=start):
            other = Program(app.test_client(use_cookies=False))
            other.headers = headers
            start.wait()
            return other.send("DELETE", path).status_code

        paths = [f"{PATH}/{only['id']}", "/account/password"]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(remove, paths)) == [204, 409]


def test_of_the_last_two_one_stays(app, ada, make):
    for _ in range(2):
        add_passkey(ada)
    make.policies.decide(sign_in_methods=["passkey"])
    paths = [f"/account/passkeys/{item['id']}" for item in ada.get(PATH).json]
    start = Barrier(2)

    def remove(path):
        caller = Program(app.test_client(use_cookies=False))
        caller.headers = ada.headers
        start.wait()
        return caller.send("DELETE", path).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, paths)) == [204, 409]


def test_one_challenge_makes_one_account(app, ada):
    for number in range(ROUNDS):
        wanted = {"email": f"{number}@example.org"}
        asked = ada.post("/auth/register/passkey/options", wanted).json
        bodies = [
            {
                "email": f"{number}-{caller}@example.org",
                "ticket": asked["ticket"],
                "credential": Authenticator().create(asked["options"]),
            }
            for caller in range(CALLERS)
        ]
        answers = at_once(app, {}, path="/auth/register", bodies=bodies)
        assert sorted(a.status_code for a in answers) == [200] * (CALLERS - 1) + [201]


@pytest.mark.parametrize("environ", [PRIVATE])
@pytest.mark.parametrize("taken", [False, True])
def test_one_sign_up_sent_twice_waits_once(app, ada, make, *, taken):
    for number in range(ROUNDS):
        address = f"{number}@example.org"
        if taken:
            make.users.account(email=address)
        asked = ada.post("/auth/register/passkey/options", {"email": address}).json
        shown = Authenticator().create(asked["options"])
        body = {"email": address, "ticket": asked["ticket"], "credential": shown}
        answers = at_once(app, {}, path="/auth/register", bodies=[body] * CALLERS)
        assert sorted(a.status_code for a in answers) == [200] * (CALLERS - 1) + [202]
        [said] = [a.json for a in answers if a.status_code == 202]
        assert set(said) == {"status", "registration"}
        mails = [mail.kind for mail in make.records.mails_to(address)]
        assert mails == ["account_exists" if taken else "verify_email"]
