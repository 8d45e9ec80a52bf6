"""Tries that come at once: no more are judged than are allowed (security.md §6)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from argon2 import PasswordHasher

from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

ADA = "ada@example.com"
CALLERS = 24
ALLOWED = 10
WRONG = "wrong wrong wrong"
ROUNDS = range(3)


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture
def ada(make):
    make.clients.spa()  # and the key that signs the tokens of sign-ins
    return make.users.account(ADA, username="ada")


@pytest.fixture
def judged(monkeypatch):
    """The passwords that were compared with a hash."""
    verify, seen = PasswordHasher.verify, []

    def note(self, encoded, password):
        seen.append(password)
        return verify(self, encoded, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    return seen


def at_once(app, call):
    """Make the same call from many threads; return the statuses."""
    app.test_client_class = IssuerClient
    barrier = Barrier(CALLERS)

    def one(_number):
        client = app.test_client()
        barrier.wait()
        return call(client).status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(one, range(CALLERS)))


def sign_in(client, password, login=ADA):
    return client.post("/auth/login", json={"login": login, "password": password})


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_parallel_guesses_ten_are_judged(app, make, ada, judged, round_):
    statuses = at_once(app, lambda client: sign_in(client, WRONG))
    assert sorted(statuses) == [200] * ALLOWED + [429] * (CALLERS - ALLOWED)
    assert len(judged) == ALLOWED
    assert len(make.records.audited("login.fail")) == ALLOWED


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_parallel_guesses_at_a_proof_ten_are_judged(app, http, ada, judged, round_):
    token = sign_in(http, PASSWORD).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    def export(client):
        body = {"password": WRONG}
        return client.post("/account/export", json=body, headers=headers)

    judged.clear()
    statuses = at_once(app, export)
    assert sorted(statuses) == [200] * ALLOWED + [429] * (CALLERS - ALLOWED)
    assert len(judged) == ALLOWED


def test_who_was_right_has_spent_nothing(app, http, ada):
    for _ in range(3):
        for _ in range(ALLOWED - 1):
            assert sign_in(http, WRONG).status_code == 200
        assert "access_token" in sign_in(http, PASSWORD).json
    for _ in range(2 * ALLOWED):
        assert "access_token" in sign_in(http, PASSWORD).json


def test_a_right_proof_has_spent_nothing(http, ada):
    token = sign_in(http, PASSWORD).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(2 * ALLOWED):
        body = {"password": PASSWORD}
        answer = http.post("/account/export", json=body, headers=headers)
        assert answer.status_code == 200
