"""Code of four revisions ago and of today, on one database, as during an upgrade."""

import os
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import requests

from idp.ops.database import migrations_folder, revisions
from idp.ops.upgrades.steps import read_step
from tests.databases import postgres_server
from tests.drills.nodes import Node, figures, nodes
from tests.serving import free_ports

ROOT = Path(__file__).parents[2]
MOST = 4
ISSUER = "https://login.example.com"
PROXIED = {
    "Host": "login.example.com",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.7",
}
ADMIN = {"login": "admin@example.com", "password": "nine quiet otters by the lake"}
COMPILE = "from hatch_build import compile_catalogues as compile_; compile_()"


@pytest.fixture
def older(tmp_path):
    """The sources as they were before the last revisions that are compatible."""
    folder = migrations_folder() / "versions"
    newest = [read_step(folder / f"{name}.py") for name in revisions()[-MOST:]]
    added = list(takewhile(lambda step: step.compatible, reversed(newest)))
    assert added, "the newest revision is not compatible: nothing runs beside it"
    file = f"migrations/versions/{added[-1].revision}.py"
    commit = git("log", "-1", "--diff-filter=A", "--format=%H", "--", file).strip()
    sources = tmp_path / "older"
    sources.mkdir()
    packed = tmp_path / "older.tar"
    git("archive", f"--output={packed}", f"{commit}^")
    subprocess.run(["tar", "-xf", packed, "-C", sources], check=True)
    subprocess.run([sys.executable, "-c", COMPILE], cwd=sources, check=True)
    figures(f"older: {git('show', '-s', '--format=%h %s', f'{commit}^').strip()}")
    return sources


def git(*arguments):
    command = ["git", "-C", ROOT, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ask(node, method, path, *, token=None, **body):
    """Send JSON as the proxy in front of a node does, and return the answer."""
    headers = PROXIED | ({"Authorization": f"Bearer {token}"} if token else {})
    url = f"http://127.0.0.1:{node.port}{path}"
    answer = requests.request(
        method, url, headers=headers, json=body or None, timeout=30
    )
    assert answer.ok, (path, answer.status_code, answer.text, node.output[-2000:])
    return answer.json() if answer.content else {}


def test_nodes_of_both_versions_serve_beside_each_other(older, tmp_path):
    with postgres_server() as server:
        environ = {
            "IDP_DATABASE_URL": f"postgresql://postgres@/postgres?host={server}",
            "PYTHONPATH": str(older),
        }
        with nodes(tmp_path, issuer=ISSUER, environ=environ, count=1) as [before]:
            tokens = ask(before, "POST", "/auth/login", **ADMIN)
            now = Node(
                free_ports()[0], tmp_path, {**before.environ, "PYTHONPATH": str(ROOT)}
            )
            plan = now.run("db", "upgrade", "--plan")
            assert "stop older nodes first" not in plan
            figures(plan)
            now.run("db", "upgrade")
            assert before.ready()
            now.start()
            try:
                both_serve(before, now, tokens)
                before.stop()
                before.start()  # it starts on the newer schema, too
                both_serve(now, before, ask(now, "POST", "/auth/login", **ADMIN))
            finally:
                now.stop()


def both_serve(one, other, tokens):
    """Sign in, change and refresh at either node what the other one made."""
    number = os.urandom(4).hex()
    ask(other, "GET", "/auth/me", token=tokens["access_token"])
    new = ask(other, "POST", "/auth/refresh", refresh_token=tokens["refresh_token"])
    newer = ask(one, "POST", "/auth/refresh", refresh_token=new["refresh_token"])
    for node, there in ((one, other), (other, one)):
        email = f"{node.port}-{number}@example.com"
        made = ask(node, "POST", "/api/users", token=newer["access_token"], email=email)
        path = f"/api/users/{made['id']}"
        ask(there, "PATCH", path, token=newer["access_token"], name="Ada")
        told = ask(node, "GET", path, token=newer["access_token"])
        assert told["name"] == "Ada"
    assert one.ready()
    assert other.ready()
