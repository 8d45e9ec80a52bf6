"""A reset of second factors beside what it takes away."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.callers import Program, bearer
from tests.authenticator_app import set_up_app
from tests.issuer import IssuerClient

ROUNDS, CALLERS = 4, 4


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS + 1)}


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def program(app, make):
    """Makes programs that keep no cookies."""
    make.clients.spa()
    app.test_client_class = IssuerClient
    return lambda: Program(app.test_client(use_cookies=False))


@pytest.fixture
def support(program, make):
    caller = program()
    caller.sign_in(make.users.account(roles=["support"]))
    return caller


def at_once(*calls):
    """Make all calls at one moment; return their answers."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def set_up(program, account):
    owner = program()
    owner.sign_in(account)
    return set_up_app(owner)


def resets(support, program, account):
    """Return a call that resets an account's factors, by a caller of its own."""
    caller = program()
    caller.headers = support.headers
    return lambda: caller.send("DELETE", f"/api/accounts/{account.id}/two-factor")


def test_of_two_resets_at_once_one_takes_something(support, program, ada, make):
    for round_ in range(1, ROUNDS + 1):
        set_up(program, ada)
        answers = at_once(*(resets(support, program, ada) for _ in range(2)))
        assert [answer.status_code for answer in answers] == [204, 204]
        taken = make.records.audited_details("factor.reset")
        assert [each["before"]["totp"] for each in taken] == [True] * round_
        kinds = [mail.kind for mail in make.records.mails_to(ada.email)]
        assert kinds.count("factors_reset") == round_


def test_no_sign_in_that_is_under_way_outlives_a_reset(support, program, ada):
    def finish(code):
        caller = program()
        body = {"login": ada.email, "password": ada.password}
        ticket = caller.post("/auth/login", body).json["ticket"]
        body = {"ticket": ticket, "method": "recovery_code", "code": code}
        return lambda: caller.post("/auth/login/2fa", body)

    for _ in range(ROUNDS):
        codes = set_up(program, ada).recovery_codes[:CALLERS]
        reset, *answers = at_once(
            resets(support, program, ada), *(finish(code) for code in codes)
        )
        assert reset.status_code == 204
        held = [each.json for each in answers if "access_token" in (each.json or {})]
        alive = [
            tokens
            for tokens in held
            if program().get("/auth/me", headers=bearer(tokens)).status_code == 200
        ]
        assert alive == []
