"""Behind a PgBouncer that knows nothing of prepared statements (before 1.21)."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import requests

from tests.drills.poolers import pooled_database
from tests.serving import COMMAND, serving

CLIENTS = 8
CALLS = 60
SEED = """
[[clients]]
client_id = "app-{number}"
client_secret = "a secret for development"
grant_types = ["client_credentials"]
redirect_uris = []
"""
MODES = pytest.mark.parametrize("mode", ["session", "transaction"])


@MODES
def test_every_answer_is_about_the_client_that_asked(mode, tmp_path):
    seed = "".join(SEED.format(number=number) for number in range(CLIENTS))
    (tmp_path / "seed.toml").write_text(seed)
    with pooled_database(mode) as (url, _):
        environ = {"IDP_DATABASE_URL": url, "IDP_DEMO": "false", "IDP_WORKERS": "2"}
        with (
            serving(tmp_path, "--seed", "seed.toml", environ=environ) as server,
            ThreadPoolExecutor(CLIENTS) as callers,
        ):
            wrong = callers.map(lambda n: wrong_answers(server.url, n), range(CLIENTS))
            assert sum(wrong) == 0


def wrong_answers(url, number):
    """Ask for tokens and about them; return how many answers are another's."""
    wrong, name = 0, f"app-{number}"
    auth = (name, "a secret for development")
    with requests.Session() as session:
        for _ in range(CALLS):
            form = {"grant_type": "client_credentials"}
            given = session.post(
                f"{url}/oauth2/token", data=form, auth=auth, timeout=30
            )
            assert given.status_code == 200, given.text
            form = {"token": given.json()["access_token"]}
            told = session.post(
                f"{url}/oauth2/introspect", data=form, auth=auth, timeout=30
            )
            wrong += told.json().get("client_id") != name
    return wrong


@MODES
def test_four_upgrades_at_once_end_and_leave_no_lock(mode, tmp_path):
    with pooled_database(mode) as (url, direct):
        environ = os.environ | {"IDP_DATABASE_URL": url}
        environ["IDP_ENVIRONMENT"] = "development"
        upgrades = [
            subprocess.Popen([COMMAND, "db", "upgrade"], env=environ, cwd=tmp_path)
            for _ in range(4)
        ]
        assert [upgrade.wait(60) for upgrade in upgrades] == [0] * 4
        with psycopg.connect(direct) as held:
            locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            assert held.execute(locks).fetchone() == (0,)
