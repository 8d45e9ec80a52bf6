"""Challenges before JSON routes: refused with one, admitted with its answer, once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.issuer import IssuerClient
from tests.security.challenge.solving import (
    ADA,
    IDS,
    LOGIN,
    ON,
    ROUTES,
    answer_to,
    ask,
    challenge_in,
    solved,
)

CALLERS = 8


@pytest.fixture
def environ():
    return {**ON, "IDP_THREADS": str(CALLERS)}


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_every_route_refuses_with_a_challenge_whose_answer_it_takes(http, ada, route):
    method, path, body, status = route
    answer = solved(http, path, body, method=method)
    admitted = ask(http, path, {**body, "challenge": answer}, method=method)
    assert admitted.status_code == status, admitted.text
    again = ask(http, path, {**body, "challenge": answer}, method=method)
    assert again.json["code"] == "challenge_required"


def test_a_refused_request_has_no_effect(http, ada, make):
    challenge_in(ask(http, body={**LOGIN, "password": "wrong"}))
    challenge_in(ask(http, "/auth/password-reset/email", {"email": ADA}))
    assert make.records.audited("login.fail") == []
    assert make.records.audited("password.reset.requested") == []


def test_one_answer_at_once_admits_one(app, http, ada):
    app.test_client_class = IssuerClient
    for _round in range(3):
        answer, barrier = solved(http), Barrier(CALLERS)

        def call(_number, answer=answer, barrier=barrier):
            client = app.test_client()
            barrier.wait()
            return ask(client, body={**LOGIN, "challenge": answer}).status_code

        with ThreadPoolExecutor(CALLERS) as pool:
            statuses = sorted(pool.map(call, range(CALLERS)))
        assert statuses == [200] + [400] * (CALLERS - 1)


def test_who_is_signed_in_asks_for_the_own_mail_without_a_challenge(http, make, ada):
    body = {**LOGIN, "challenge": solved(http)}
    token = ask(http, body=body).json["access_token"]
    answer = http.post(
        "/auth/email-verification/email",
        json={},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 202


def test_the_work_is_between_one_and_two_times_the_setting(http, ada):
    for _try in range(4):
        asked = challenge_in(ask(http))
        assert asked["parameters"]["algorithm"] == "PBKDF2/SHA-256"
        assert len(asked["parameters"]["keyPrefix"]) == 32
        assert answer_to(asked)
