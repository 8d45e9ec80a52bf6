"""``idp stats`` and ``idp jobs``."""

import json
from datetime import UTC, datetime

from idp.administration.attention import Attention, Need
from idp.web.attention_words import attention_words


def test_stats_are_those_of_the_api(idp):
    idp("users", "create", "ada@example.com")
    told = json.loads(idp("stats", "--json").stdout)
    assert told["users"] == 1
    assert told["days"][-1]["sign_ups"] == 1
    assert len(told["days"]) == 30
    assert "no_worker" in {item["code"] for item in told["attention"]}


def test_people_read_what_needs_them_first(idp):
    shown = idp("stats").stdout.splitlines()
    assert shown[0].startswith("bad")
    assert "schema 00" in "".join(shown)


def test_jobs_are_none_until_a_worker_has_run(idp):
    assert json.loads(idp("jobs", "list", "--json").stdout) == []


def test_what_has_a_time_is_said_without_an_app_too():
    at = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    item = Attention(Need.KEYS_ROTATE, "info", 1, names=("ES256",), at=at)
    assert "on 29 Nov 2026, 12:30 UTC (ES256)" in attention_words(item)
