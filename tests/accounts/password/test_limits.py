"""New passwords are counted before it is judged how guessable they are."""

import pytest

import idp.accounts.password_policy
from tests.api.callers import Program, problem
from tests.make_users import PASSWORD

NEW = "seven loud geese in the rain"
GUESSABLE = "password12345"
ALLOWED = 20


@pytest.fixture
def program(http, make):
    make.clients.spa()
    return Program(http)


@pytest.fixture
def judged(monkeypatch):
    """The passwords that were looked at closely, which takes up to 150 ms each."""
    look, seen = idp.accounts.password_policy._guessable, []

    def note(password):
        seen.append(password)
        return look(password)

    monkeypatch.setattr(idp.accounts.password_policy, "_guessable", note)
    return seen


def change(program, current, new):
    body = {"current_password": current, "new_password": new}
    return program.put("/auth/change-password", body)


def test_without_the_current_password_no_new_one_is_looked_at(program, make, judged):
    program.sign_in(make.users.account())
    for _ in range(10):
        answer = change(program, "wrong wrong wrong", GUESSABLE)
        assert answer.json["error"]["code"] == "wrong_password"
    assert problem(change(program, "wrong wrong wrong", GUESSABLE))[0] == 429
    assert judged == []


def test_guessable_ones_are_counted_before_they_are_looked_at(program, make, judged):
    ada = make.users.account()
    program.sign_in(ada)
    for _ in range(ALLOWED):
        assert change(program, PASSWORD, GUESSABLE).status_code == 400
    assert problem(change(program, PASSWORD, GUESSABLE))[0] == 429
    assert len(judged) == ALLOWED


def test_a_mailed_link_lets_nobody_have_more_of_them_looked_at(program, make, judged):
    ada = make.users.account()
    program.post("/auth/password-reset/email", {"email": ada.email})
    token = make.records.mail_to(ada.email).token
    for _ in range(ALLOWED):
        body = {"token": token, "password": GUESSABLE}
        assert program.post("/auth/password-reset", body).status_code == 400
    assert problem(program.post("/auth/password-reset", body))[0] == 429
    assert len(judged) == ALLOWED


def test_what_is_mistyped_is_not_counted(program, make):
    program.sign_in(make.users.account())
    for _ in range(ALLOWED + 1):
        assert change(program, PASSWORD, "short").status_code == 400
    assert change(program, PASSWORD, NEW).status_code == 204


def test_one_that_is_taken_costs_no_try(program, make):
    ada = make.users.account()
    program.sign_in(ada)
    for _ in range(ALLOWED - 1):
        assert change(program, PASSWORD, GUESSABLE).status_code == 400
    assert change(program, PASSWORD, NEW).status_code == 204
    assert change(program, NEW, GUESSABLE).status_code == 400
    assert problem(change(program, NEW, GUESSABLE))[0] == 429
