"""A signing key that leaked, a secret that is replaced, a backup that is restored."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
import requests

from tests.databases import postgres_server
from tests.serving import free_ports, serving

BASIC = ("machine", "a secret for development")
JWKS = "/.well-known/jwks.json"
SEED = """
[[clients]]
client_id = "machine"
client_secret = "a secret for development"
grant_types = ["client_credentials"]
redirect_uris = []

[[clients]]
client_id = "pages"
token_endpoint_auth_method = "none"
redirect_uris = ["http://localhost:5173/callback"]

[[users]]
email = "ada@example.com"
username = "ada"
password = "correct horse battery"
"""
ADA = {"login": "ada@example.com", "password": "correct horse battery"}
FRESH = 12  # connections: of two workers each answers some
OLD, NEW = "o" * 40, "n" * 40


class SqliteFile:
    """The file that a server has in its folder."""

    url = None

    def __init__(self, folder) -> None:
        self.path = folder / "idp-data" / "idp.sqlite3"
        self.copy = folder / "backup.sqlite3"

    def back_up(self) -> None:
        """Copy it beside the running server, as ``.backup`` does."""
        with (
            closing(sqlite3.connect(self.path)) as source,
            closing(sqlite3.connect(self.copy)) as target,
        ):
            source.backup(target)

    def restore(self) -> None:
        """Put the copy in its place."""
        for suffix in ("-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)
        self.path.write_bytes(self.copy.read_bytes())


class PostgresServer:
    """A PostgreSQL of our own."""

    def __init__(self, folder, socket: str) -> None:
        self.server = f"postgresql://postgres@/{{}}?host={socket}"
        self.url = self.server.format("postgres")
        self.copy = folder / "backup.dump"

    def back_up(self) -> None:
        """Dump it beside the running server."""
        command = ["pg_dump", "--format=custom", f"--file={self.copy}", self.url]
        subprocess.run(command, check=True)

    def restore(self) -> None:
        """Restore into a database that is empty, which is used from now on."""
        subprocess.run(
            ["psql", "--quiet", "--command=CREATE DATABASE idp", self.url], check=True
        )
        self.url = self.server.format("idp")
        command = ["pg_restore", "--no-owner", f"--dbname={self.url}", self.copy]
        subprocess.run(command, check=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path) -> Iterator[SqliteFile | PostgresServer]:
    """A database of either kind."""
    (tmp_path / "seed.toml").write_text(SEED)
    if request.param == "sqlite":
        yield SqliteFile(tmp_path)
        return
    with postgres_server() as socket:
        yield PostgresServer(tmp_path, socket)


@contextmanager
def started(folder, database, *, secret: str = OLD, ports=None):
    """Run a server of two workers."""
    environ = {"IDP_WORKERS": "2", "IDP_DEMO": "false", "IDP_SECRET_KEY": secret}
    if database.url:
        environ["IDP_DATABASE_URL"] = database.url
    arguments = ("--seed", "seed.toml")
    with serving(folder, *arguments, environ=environ, ports=ports) as server:
        yield server


def ask(server, method: str, path: str, **options):
    """Send a request on a connection of its own."""
    with requests.Session() as fresh:
        return fresh.request(method, f"{server.url}{path}", timeout=30, **options)


def signed(server) -> str:
    form = {"grant_type": "client_credentials"}
    answer = ask(server, "POST", "/oauth2/token", data=form, auth=BASIC)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def active(server, token: str) -> bool:
    form = {"token": token}
    told = ask(server, "POST", "/oauth2/introspect", data=form, auth=BASIC)
    return told.json()["active"]


def kids(server) -> set[str]:
    return {key["kid"] for key in ask(server, "GET", JWKS).json()["keys"]}


def refreshed(server, token: str):
    return ask(server, "POST", "/auth/refresh", json={"refresh_token": token})


def test_a_revoked_key_is_refused_by_every_worker_within_a_second(database, tmp_path):
    with started(tmp_path, database) as server:
        token = signed(server)
        assert all(active(server, token) for _ in range(FRESH))
        old = kids(server)
        for kid in old:
            server.run("keys", "revoke", kid)
        time.sleep(1)
        assert not any(active(server, token) for _ in range(FRESH))
        published = [kids(server) for _ in range(FRESH)]
        assert all(each == published[0] for each in published)
        assert len(published[0]) == len(old)
        assert published[0].isdisjoint(old)
        assert all(active(server, signed(server)) for _ in range(FRESH))


def test_a_secret_is_replaced_beside_the_server(database, tmp_path):
    ports = free_ports()
    with started(tmp_path, database, ports=ports) as server:
        known = kids(server)
        refresh_token = ask(server, "POST", "/auth/login", json=ADA).json()[
            "refresh_token"
        ]
    with started(tmp_path, database, secret=f"{NEW},{OLD}", ports=ports) as server:
        assert "the old one may go" in server.run("secrets", "reseal")
        renewed = refreshed(server, refresh_token)
        assert renewed.status_code == 200, renewed.text
    with started(tmp_path, database, secret=NEW, ports=ports) as server:
        assert kids(server) == known
        again = refreshed(server, renewed.json()["refresh_token"])
        assert again.status_code == 200
        assert active(server, signed(server))


def test_after_a_restore_what_was_issued_since_is_void_and_nobody_is_alarmed(
    database, tmp_path
):
    ports = free_ports()
    with started(tmp_path, database, ports=ports) as server:
        first = ask(server, "POST", "/auth/login", json=ADA).json()
        moment = datetime.now(UTC).isoformat()
        database.back_up()
        time.sleep(1)
        moved_on = refreshed(server, first["refresh_token"]).json()
        since = signed(server)
        later = ask(server, "POST", "/auth/login", json=ADA).json()
        environ = dict(server.environ)
    database.restore()
    if database.url:
        environ["IDP_DATABASE_URL"] = database.url
    server.environ = environ
    assert "are void" in server.run("revoke-since", moment)
    time.sleep(1)
    with started(tmp_path, database, ports=ports) as server:
        assert not active(server, since)
        assert active(server, signed(server))
        for lost in (moved_on, later):
            assert refreshed(server, lost["refresh_token"]).status_code == 401
            bearer = {"Authorization": f"Bearer {lost['access_token']}"}
            assert ask(server, "GET", "/auth/me", headers=bearer).status_code == 401
        log = server.run("audit", "search", "--event", "refresh.ahead", "--json")
        assert "refresh.ahead" in log
        alarms = server.run("audit", "search", "--event", "refresh.reused", "--json")
        assert "refresh.reused" not in alarms
        assert ask(server, "POST", "/auth/login", json=ADA).status_code == 200
