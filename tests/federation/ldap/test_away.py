"""A directory that is away: its users wait, and nobody else."""

import pytest

from idp.core.hashing import PasswordHashes
from tests.federation.ldap.company import ADDRESS, signed_in
from tests.federation.ldap.slapd import PASSWORD


@pytest.fixture
def hashes(monkeypatch):
    """Counts what passwords cost."""
    judged = []
    verify = PasswordHashes.verify
    counted = lambda *given: judged.append(1) or verify(*given)  # noqa: E731
    monkeypatch.setattr(PasswordHashes, "verify", counted)
    return judged


@pytest.fixture
def away(corp):
    """The company without its directory."""
    corp.set_up({"url": "ldaps://localhost:9", "unknown_logins": "true"})
    return corp


def test_its_users_are_told_at_the_cost_of_a_hash(away, make, hashes, caplog):
    caplog.set_level("INFO")
    browser = away.sign_in()
    assert browser.response.status_code == 503
    assert browser.response.headers["Retry-After"]
    assert "Corp can’t be reached" in browser.text
    assert hashes == [1]
    [said] = [r for r in caplog.records if r.getMessage() == "provider.refused"]
    assert said.members["reason"] == "connection"
    assert make.records.counted("provider.refused") == 1


def test_it_costs_them_no_try(away):
    for _ in range(12):
        assert away.sign_in().response.status_code == 503


def test_programs_are_told(http, away):
    body = {"login": ADDRESS, "password": PASSWORD}
    answer = http.post("/auth/login", json=body)
    assert answer.status_code == 503
    assert answer.json["code"] == "provider_away"


@pytest.mark.parametrize("email", ["eve@example.com", "eve@corp.example"])
def test_users_of_this_server_sign_in(away, make, email):
    local = make.users.account(email)
    assert signed_in(away.sign_in(local.email, local.password))


def test_who_is_linked_is_not_let_in_by_an_old_password(away, make):
    local = make.users.account(ADDRESS)
    make.providers.link("corp", local.id, subject="ada")
    browser = away.sign_in(local.email, local.password)
    assert browser.response.status_code == 503
    assert not signed_in(browser)
