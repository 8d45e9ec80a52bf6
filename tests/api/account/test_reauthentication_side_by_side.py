"""One proof, shown by several requests at once: one renews the session."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.callers import Program, bearer
from tests.authenticator import add_passkey
from tests.authenticator_app import set_up_app

pytestmark = pytest.mark.usefixtures("clock")
ROUNDS, CALLERS = 4, 4
PATH = "/account/confirm"


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture
def ada(program, make):
    program.sign_in(make.users.account())
    return program


def confirmed_once(app, caller, body):
    """Send one body by several callers; the one that wins gives the next token."""
    start = Barrier(CALLERS)

    def send(_number):
        again = Program(app.test_client(use_cookies=False))
        again.headers = caller.headers
        start.wait()
        return again.post(PATH, body)

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(send, range(CALLERS)))
    assert {answer.status_code for answer in answers} <= {200, 401}
    won = [answer for answer in answers if "access_token" in answer.json]
    caller.headers = bearer(won[0].json)
    return len(won) == 1


def test_one_challenge_confirms_once(app, ada):
    key = add_passkey(ada, synced=True)
    for _ in range(ROUNDS):
        asked = ada.post(f"{PATH}/options").json
        shown = {"ticket": asked["ticket"], "credential": key.get(asked["options"])}
        assert confirmed_once(app, ada, shown)


def test_one_time_step_confirms_once(app, ada, clock):
    phone = set_up_app(ada)
    for _ in range(ROUNDS):
        clock.tick(seconds=30)
        shown = {"method": "totp", "code": phone.code()}
        assert confirmed_once(app, ada, shown)


def test_one_recovery_code_confirms_once(app, ada):
    phone = set_up_app(ada)
    for code in phone.recovery_codes[:ROUNDS]:
        shown = {"method": "recovery_code", "code": code}
        assert confirmed_once(app, ada, shown)
