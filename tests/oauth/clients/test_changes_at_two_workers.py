"""A client is switched off, or deleted, while two workers know it."""

import time
from base64 import b64encode
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.serving import children, holder_of, serving

pytestmark = pytest.mark.processes

WORKERS = 2
CONNECTIONS = 40
SEEN_WITHIN_SECONDS = 4  # they look once a second; the machine may be busy
SEED = """
[[clients]]
client_id = "machine"
client_secret = "a secret for development"
grant_types = ["client_credentials"]
redirect_uris = []
scope = "read"
"""
BASIC = b64encode(b"machine:a+secret+for+development").decode()


@pytest.fixture
def server(tmp_path, database_url):
    (tmp_path / "seed.toml").write_text(SEED)
    environ = {
        "IDP_DATABASE_URL": database_url,
        "IDP_DEMO": "false",
        "IDP_BOOTSTRAP_ADMIN_API_KEY": f"idpk_{'b' * 43}",
        "IDP_RATELIMIT_CLIENT_AUTH": "off",  # refusals are asked for many times
    }
    arguments = ("--seed", "seed.toml", "--workers", str(WORKERS))
    with serving(tmp_path, *arguments, environ=environ) as running:
        yield running


def status(connection):
    """Ask for a token on a connection, which stays with its worker."""
    headers = {
        "Authorization": f"Basic {BASIC}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = "grant_type=client_credentials"
    connection.request("POST", "/oauth2/token", body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.fixture
def connections(server):
    """One connection to each worker."""
    port, members = urlsplit(server.url).port, children(server.process.pid)
    found = {}
    with ExitStack() as opened:
        for _ in range(CONNECTIONS):
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            opened.enter_context(closing(connection))
            assert status(connection) == 200
            found[holder_of(connection.sock, among=members)] = connection
            if len(found) == WORKERS:
                break
        yield list(found.values())


def test_both_workers_refuse_a_client_within_moments_of_its_end_by_command(
    server, connections
):
    assert [status(each) for each in connections] == [200] * WORKERS
    server.run("clients", "delete", "machine", "--yes")
    deadline = time.monotonic() + SEEN_WITHIN_SECONDS
    while (seen := [status(each) for each in connections]) != [401] * WORKERS:
        assert time.monotonic() < deadline, seen
    assert [status(each) for each in connections] == [401] * WORKERS


def test_both_workers_refuse_a_client_at_once_when_either_has_switched_it_off(
    server, connections
):
    for _ in range(10):
        server.call("PATCH", "/api/admin/clients/machine", disabled=True)
        assert [status(each) for each in connections] == [401] * WORKERS
        server.call("PATCH", "/api/admin/clients/machine", disabled=False)
        assert [status(each) for each in connections] == [200] * WORKERS
