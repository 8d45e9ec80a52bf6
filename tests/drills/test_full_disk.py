"""A database whose disk is full, and has room again. To mount one it must be root."""

import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests

from tests.databases import postgres_server
from tests.drills.nodes import figures
from tests.serving import serving

KEY = "idpk_" + "k" * 64
SMALL = "16m"


@contextmanager
def small_disk(folder: Path):
    """Mount a disk of a few megabytes."""
    folder.mkdir(parents=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", folder], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class SqliteFile:
    """In the data folder, which is the disk; another file takes its room."""

    def __init__(self, disk: Path) -> None:
        self.environ: dict[str, str] = {}
        self.filler = disk / "filler"

    def fill(self) -> None:
        with self.filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def make_room(self) -> None:
        self.filler.unlink()


class PostgresTablespace:
    """A database in a tablespace on the disk; one of its tables takes its room."""

    def __init__(self, disk: Path, server: str) -> None:
        shutil.chown(disk, "postgres")
        self.url = f"postgresql://postgres@/idp?host={server}"
        whole = f"postgresql://postgres@/postgres?host={server}"
        with psycopg.connect(whole, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            connection.execute("CREATE DATABASE idp TABLESPACE small")
        self.environ = {"IDP_DATABASE_URL": self.url}

    def fill(self) -> None:
        more = "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 99)"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE filler (text text)")
            with suppress(psycopg.errors.DiskFull):
                while True:
                    connection.execute(more)

    def make_room(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP TABLE filler")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    if request.param == "sqlite":
        with small_disk(tmp_path / "idp-data") as disk:
            yield SqliteFile(disk)
        return
    folder = Path("/tmp") / f"idp-disk-{time.monotonic_ns()}"
    with small_disk(folder) as disk, postgres_server() as server:
        yield PostgresTablespace(disk, server)
    folder.rmdir()


def test_a_full_disk_is_503_in_words_and_over_when_there_is_room(database, tmp_path):
    environ = {
        **database.environ,
        "IDP_BOOTSTRAP_ADMIN_API_KEY": KEY,
        "IDP_WORKERS": "1",
        "IDP_DEMO": "false",
    }
    with serving(tmp_path, environ=environ) as server:
        assert ready(server) == (200, "ok")
        assert made(server, 0).status_code == 201
        database.fill()
        tried, answer = 0, made(server, 1)
        while answer.status_code == 201:  # what it holds has some room left
            tried += 1
            answer = made(server, 1 + tried)
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"]
        assert ready(server) == (503, "full")
        assert requests.get(f"{server.url}/healthz", timeout=5).ok
        database.make_room()
        began = time.monotonic()
        while ready(server) != (200, "ok"):
            assert time.monotonic() < began + 30
            time.sleep(0.1)
        figures(f"ready {time.monotonic() - began:.1f} s after there was room")
        assert made(server, "later").status_code == 201


def ready(server):
    answer = requests.get(f"{server.url}/readyz", timeout=10)
    return answer.status_code, answer.json()["checks"]["database"]


def made(server, number):
    """Make a user."""
    return requests.post(
        f"{server.url}/api/users",
        json={"email": f"user-{number}@example.com"},
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=30,
    )
