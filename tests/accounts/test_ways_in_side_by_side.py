"""An owner sets a new password while others sign in with the old one, at two workers.

Nothing that the old password opened is left, at whichever worker it began.
"""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.accounts.thieves import (
    OLD,
    BrowserThief,
    ProgramThief,
    log_in,
    overtake,
    two_workers,
)

pytestmark = pytest.mark.processes

ROUNDS = 1


@pytest.fixture
def server(tmp_path, database_url):
    with two_workers(tmp_path, database_url) as running:
        yield running


def change(server, old, new):
    """Set a new password by the old one, from a session that began before."""
    tokens = log_in(server, old).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    body = {"current_password": old, "new_password": new}

    def act():
        url = f"{server.url}/auth/change-password"
        return requests.put(url, json=body, headers=headers, timeout=30)

    return act


def reset(server, _old, new):
    """Set a new password by a link."""
    login = "ada@example.com"
    url = server.run("users", "link", "--new-password", login).strip()
    [token] = parse_qs(urlsplit(url).query)["token"]
    body = {"token": token, "password": new}
    return lambda: requests.post(
        f"{server.url}/auth/password-reset", json=body, timeout=30
    )


@pytest.mark.parametrize("set_new", [change, reset])
def test_nothing_that_the_old_password_opened_is_left(server, set_new):
    old, left, strange = OLD, [], []
    for number in range(ROUNDS):
        new = f"{number} loud geese in the rain"
        thieves, answer = overtake(server, old, set_new(server, old, new))
        assert answer.status_code == 204
        left += [what for thief in thieves for what in thief.alive()]
        strange += [each for thief in thieves for each in thief.strange]
        old = new
    assert (left, strange) == ([], [])
    assert "access_token" in log_in(server, old).json()


def test_all_of_it_opens_the_account_while_the_password_is_the_same(server):
    over, opened = threading.Event(), set()
    for kind in (ProgramThief, BrowserThief):
        thief = kind(server, OLD, over=over)
        thief.try_once()
        opened |= set(thief.alive())
    programs = {"access token", "refresh token"}
    assert opened == programs | {"session", "offline grant", "code", "device"}
