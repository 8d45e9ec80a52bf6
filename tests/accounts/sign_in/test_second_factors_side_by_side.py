"""One time step, one recovery code, one ticket, shown twice at once: one counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from tests.accounts.sign_in.at_once import CALLERS, ROUNDS, at_once, finished
from tests.api.callers import Program
from tests.authenticator_app import set_up_app
from tests.browsing import Browser
from tests.issuer import IssuerClient


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def program(app, make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    app.test_client_class = IssuerClient
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def owner(app, program, ada):
    owner = Program(app.test_client(use_cookies=False))
    owner.sign_in(ada)
    return owner


@pytest.fixture
def phone(owner):
    return set_up_app(owner)


def begin(program, account):
    body = {"login": account.email, "password": account.password}
    return program.post("/auth/login", body).json["ticket"]


def test_one_time_step_finishes_one_sign_in(app, program, ada, phone, clock):
    for _ in range(ROUNDS):
        clock.tick(minutes=16)
        tickets = [begin(program, ada) for _ in range(CALLERS)]
        code = {"method": "totp", "code": phone.code()}
        answers = at_once(app, [{"ticket": each, **code} for each in tickets])
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_one_recovery_code_finishes_one_sign_in(app, program, ada, phone, clock):
    for round_ in range(ROUNDS):
        clock.tick(minutes=16)
        tickets = [begin(program, ada) for _ in range(CALLERS)]
        code = {"method": "recovery_code", "code": phone.recovery_codes[round_]}
        answers = at_once(app, [{"ticket": each, **code} for each in tickets])
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_one_ticket_begins_one_session(app, program, ada, phone):
    codes = iter(phone.recovery_codes)
    for _ in range(ROUNDS):
        ticket = {"ticket": begin(program, ada), "method": "recovery_code"}
        answers = at_once(app, [ticket | {"code": next(codes)} for _ in range(2)])
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_of_many_wrong_codes_at_once_five_are_judged(app, program, ada, phone, clock):
    for _ in range(2):
        clock.tick(minutes=16)
        ticket = {"ticket": begin(program, ada), "method": "totp"}
        answers = []
        for _ in range(3):
            answers += at_once(app, [ticket | {"code": phone.wrong()}] * CALLERS)
        judged = [answer.status_code for answer in answers]
        assert sorted(judged) == [200] * 5 + [429] * 7


def test_one_new_app_is_confirmed_once(app, owner, ada, phone, clock):
    for _ in range(ROUNDS):
        clock.tick(seconds=60)
        phone.secret = owner.post("/account/totp").json["secret"]
        answers = at_once(
            app,
            [{"code": phone.code()}] * CALLERS,
            path="/account/totp",
            method="PUT",
            headers=owner.headers,
        )
        assert sum("recovery_codes" in answer.json for answer in answers) == 1
        assert {answer.status_code for answer in answers} <= {200, 401}


def test_one_link_undoes_a_change_once(app, owner, make, ada, clock):
    for round_ in range(ROUNDS):
        clock.tick(minutes=1)
        set_up_app(owner)
        link = make.records.mail_to(ada.email).link
        browsers = [Browser(app) for _ in range(2)]
        for browser in browsers:
            browser.open(link)
        start = Barrier(len(browsers))

        def press(browser, start=start):
            start.wait()
            return browser.send("/factor-change/undo")

        with ThreadPoolExecutor(len(browsers)) as pool:
            answers = list(pool.map(press, browsers))
        assert sorted(answer.status_code for answer in answers) == [303, 400]
        [led] = [each.location for each in answers if each.location]
        token = led.partition("token=")[2]
        body = {"token": token, "password": f"{round_} loud geese in the rain"}
        assert owner.post("/auth/password-reset", body).status_code == 204
        owner.sign_in(replace(ada, password=body["password"]))
