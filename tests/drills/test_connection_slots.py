"""A PostgreSQL all of whose connections others hold, and that has some again."""

import subprocess
import time
from contextlib import ExitStack, closing, suppress

import psycopg
import requests

from tests.databases import postgres_server
from tests.drills.nodes import figures, nodes
from tests.serving import COMMAND, free_ports

OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'idp'"


def take_all(url: str) -> ExitStack:
    """Hold every connection that whoever is no superuser may have."""
    held = ExitStack()
    with suppress(psycopg.OperationalError):
        while True:
            held.enter_context(closing(psycopg.connect(url, autocommit=True)))
    return held


def checked(node) -> tuple[int, str]:
    answer = requests.get(f"http://127.0.0.1:{node.port}/readyz", timeout=10)
    return answer.status_code, answer.json()["checks"]["database"]


def test_no_free_connection_is_503_in_words_and_over_when_there_is_one(tmp_path):
    with postgres_server() as server:
        url = f"postgresql://idp@/idp?host={server}"
        whole = f"postgresql://postgres@/postgres?host={server}"
        with psycopg.connect(whole, autocommit=True) as operator:
            operator.execute("CREATE ROLE idp LOGIN")
            operator.execute("CREATE DATABASE idp OWNER idp")
            environ = {"IDP_DATABASE_URL": url}
            issuer = "https://idp.example"
            with nodes(tmp_path, issuer=issuer, environ=environ, count=1) as [node]:
                operator.execute(OTHERS)  # else it goes on with those that it has
                with take_all(url):
                    answered_and_refused(node)
                began = time.monotonic()
                while not node.ready():
                    assert time.monotonic() < began + 10
                    time.sleep(0.05)
                took = time.monotonic() - began
                figures(f"ready {took:.1f} s after connections were free")
                assert sign_in(node).status_code == 200


def answered_and_refused(node) -> None:
    """See what callers are told, and whoever starts another node."""
    answer = sign_in(node)
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"]
    assert checked(node) == (503, "no connection free")
    for command in (
        ["serve", "--listen", f"127.0.0.1:{free_ports()[0]}"],
        ["db", "upgrade"],
    ):
        refused = subprocess.run(
            [COMMAND, *command],
            env=node.environ,
            cwd=node.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert refused.returncode == 1
        assert "no connection free" in refused.stderr
        assert "IDP_WORKERS" in refused.stderr
        assert "Traceback" not in refused.stdout + refused.stderr


def sign_in(node) -> requests.Response:
    """Ask for the tokens of the admin."""
    return requests.post(
        f"http://127.0.0.1:{node.port}/auth/login",
        json={
            "email": "admin@example.com",
            "password": "nine quiet otters by the lake",
        },
        headers={"Host": "idp.example", "X-Forwarded-Proto": "https"},
        timeout=30,
    )
