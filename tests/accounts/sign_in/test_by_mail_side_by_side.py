"""One mailed link, one code, or both, shown twice at once: one signs in."""

import pytest

from tests.accounts.sign_in.at_once import CALLERS, ROUNDS, at_once, finished
from tests.api.callers import Program
from tests.issuer import IssuerClient

ADA = "ada@example.com"
TOKEN, CODE = "/auth/sign-in/token", "/auth/sign-in/code"


@pytest.fixture
def environ():
    return {
        "IDP_THREADS": str(CALLERS),
        "IDP_RATELIMIT_MAIL_ADDRESS": "off",
        "IDP_RATELIMIT_LOGIN_IP": "off",
    }


@pytest.fixture
def program(app, make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    make.users.account(ADA)
    app.test_client_class = IssuerClient
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def asked(program, make):
    """Return who asked, and bodies with the link and the code of a new mail."""

    def ask():
        request = program.post("/auth/magic-link", {"email": ADA}).json["request"]
        mail = make.records.mails_to(ADA)[-1]
        link = {"token": mail.token, "request": request}
        return link, {"email": ADA, "code": mail.code, "request": request}

    return ask


def test_one_link_begins_one_session(app, asked):
    for _ in range(ROUNDS):
        link, _ = asked()
        answers = at_once(app, [link] * CALLERS, path=TOKEN)
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_one_code_begins_one_session(app, asked, clock):
    for _ in range(ROUNDS):
        clock.tick(days=1)
        _, code = asked()
        answers = at_once(app, [code] * CALLERS, path=CODE)
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_a_link_and_its_code_begin_one_session(app, asked, clock):
    for _ in range(ROUNDS):
        clock.tick(days=1)
        link, code = asked()
        sent = [(TOKEN, link), (CODE, code)] * (CALLERS // 2)
        answers = at_once(app, sent, path=None)
        assert finished(answers) == 1
        assert {answer.status_code for answer in answers} == {200}


def test_of_many_guesses_at_once_five_are_judged(app, program, asked):
    link, code = asked()
    wrong = "000000" if code["code"] != "000000" else "111111"
    for _ in range(2):
        at_once(app, [code | {"code": wrong}] * CALLERS, path=CODE)
    assert "error" in program.post(CODE, code).json
    assert "access_token" in program.post(TOKEN, link).json
