"""``/metrics``: who is told, what is counted, and that no label is a caller's."""

import asyncio
import errno
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Thread
from types import SimpleNamespace

import pytest
import requests
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from idp.core import hashing
from idp.core.connections import Database
from idp.core.context import service_of, services_of
from idp.core.db import db
from idp.core.errors import Overloaded
from idp.core.hashing import PasswordHashes
from idp.core.settings.declared import ConfigurationError
from idp.oauth.keys.rotation import ensure_keys
from idp.ops.configuration import configure
from idp.ops.metrics import folder
from idp.ops.metrics.collected import Collected
from idp.ops.metrics.listener import MetricsListener
from idp.ops.metrics.looked_up import _Look
from idp.ops.metrics.sampling import Sampler
from idp.ops.metrics.scrape import Scrape
from idp.ops.metrics.settings import MetricsSettings
from idp.web.asgi.front import AsyncFront
from tests.event_loop import run
from tests.oauth.calls import as_client, client_credentials
from tests.web.asgi.calls import HOST, Call

TOKEN = "a-token-that-prometheus-alone-knows"
PRODUCTION = {
    "IDP_ISSUER": "https://login.example.com",
    "IDP_SECRET_KEY": "a-secret-of-at-least-thirty-two-characters",
    "IDP_MAIL_URL": "smtp://localhost:25",
}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def environ(request) -> dict[str, str]:
    return getattr(request, "param", {"IDP_METRICS_TOKEN": TOKEN})


def problem(**settings: str) -> str:
    """Return the one thing that is wrong with settings."""
    given = {f"IDP_METRICS_{name.upper()}": value for name, value in settings.items()}
    with pytest.raises(ConfigurationError) as caught:
        configure(PRODUCTION | given)
    [found] = caught.value.problems
    return str(found)


def scraped(http) -> dict[tuple[str, ...], float]:
    """Return each number by its name and the values of its labels."""
    answer = http.get("/metrics", headers=HEADERS | {"Host": "10.1.2.3:8000"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4;")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_request_is_counted_by_its_route_and_outcome(http):
    http.get("/login")
    http.get("/users/of-a-secret-name")
    http.open("/login", method="SEEK")
    found = scraped(http)
    assert found["idp_http_requests_total", "/login", "GET", "200"] == 1
    assert found["idp_http_request_duration_seconds_count", "/login", "GET"] == 1
    assert found["idp_http_requests_total", "(no route)", "GET", "404"] == 1
    assert found["idp_http_requests_total", "(no route)", "another", "405"] == 1
    assert found["idp_refusals_total", "404"] == 1
    told = http.get("/metrics", headers=HEADERS).text
    assert "secret-name" not in told
    assert "SEEK" not in told


def test_tokens_and_refusals_of_programs_are_counted(http, make):
    client = make.clients.machine_client()
    assert client_credentials(http, client).status_code == 200
    wrong = as_client(http, "/oauth2/token", client, grant_type="mine-own")
    assert wrong.status_code == 400
    found = scraped(http)
    assert found["idp_tokens_issued_total", "client_credentials"] == 1
    assert found["idp_http_requests_total", "/oauth2/token", "POST", "200"] == 1
    assert found["idp_refusals_total", "unsupported_grant_type"] == 1
    assert found["idp_audit_events_total", "token.issued", "ok"] == 1


def test_sign_ins_are_counted_by_method_and_outcome(http, browser, make):
    account = make.users.account()
    browser.sign_in(account.username, account.password)
    allowed = 10
    for _ in range(allowed + 1):
        http.post("/auth/login", json={"login": "nobody", "password": "wrong"})
    found = scraped(http)
    assert found["idp_sign_ins_total", "password", "ok"] == 1
    assert found["idp_sign_ins_total", "password", "refused"] == allowed
    assert found["idp_sign_ins_total", "password", "limited"] == 1
    assert found["idp_limits_reached_total", "login_account_ip"] == 1
    assert found["idp_password_hash_queue_seconds_count",] >= allowed


def test_hashes_that_wait_in_vain_are_counted(app, http, monkeypatch):
    monkeypatch.setattr(hashing, "MAX_WAIT_SECONDS", 0.01)
    pool = service_of(app, PasswordHashes)
    slots = [pool._slot() for _ in range(pool.at_once)]
    for slot in slots:
        slot.__enter__()
    with pytest.raises(Overloaded):
        pool.hash("one too many")
    front = SimpleNamespace(waiting_for_thread=3, waiting_for_database=2)
    Sampler(app, front).sample(service_of(app, Collected).meters)
    found = scraped(http)
    assert found["idp_password_hashes_given_up_total",] == 1
    assert found["idp_password_hashes", "running"] == pool.at_once
    assert found["idp_password_hashes", "waiting"] == 0
    assert found["idp_requests_waiting", "thread"] == 3
    assert found["idp_database_connections", "most"] == 13
    for slot in slots:
        slot.__exit__(None, None, None)
    assert pool.running == 0


def test_what_all_nodes_share_is_looked_up(app, http, make, clock):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    clock.tick(seconds=90)
    found = scraped(http)
    assert found["idp_database_up",] == 1
    assert found["idp_signing_key_age_seconds", "ES256"] == 90
    assert found["idp_outbox_failed", "mail"] == 0
    assert found["idp_jobs", "failing"] == 0
    assert found["idp_password_hash_cost_seconds",] > 0


def test_a_database_that_is_away_hides_nothing_that_is_counted(app, http, monkeypatch):
    http.get("/healthz")

    def refuse(_database):
        raise OperationalError("SELECT", {}, ConnectionError("refused"))

    monkeypatch.setattr(Database, "take", refuse)
    found = scraped(http)
    assert found["idp_database_up",] == 0
    assert found["idp_http_requests_total", "/healthz", "GET", "200"] == 1


def test_scrapes_at_once_share_one_look_at_the_database(app, http, monkeypatch):
    take, both_wait, joined = Database.take, Event(), []

    def take_when_both_wait(database):
        assert both_wait.wait(30)
        return take(database)

    def join(look, timeout):
        joined.append(look)
        if len(joined) == 2:
            both_wait.set()
        Thread.join(look, timeout)

    monkeypatch.setattr(Database, "take", take_when_both_wait)
    monkeypatch.setattr(_Look, "join", join)
    scrape = partial(service_of(app, Scrape).told, services_of(app), accept="")
    with ThreadPoolExecutor() as threads:
        told = [threads.submit(scrape) for _ in range(2)]
    assert all(b"\nidp_database_up 1.0\n" in each.result().body for each in told)
    assert joined[0] is joined[1]


def test_no_request_fails_because_its_number_cannot_be_written(app, http):
    def write_to_full_disk():
        raise OSError(errno.ENOSPC, "No space left on device")

    service_of(app, Collected).counting.write(write_to_full_disk)
    assert http.get("/login").status_code == 200
    assert ("idp_http_requests_total", "/login", "GET", "200") not in scraped(http)


def test_the_folder_of_a_server_goes_with_it_or_with_the_next_start(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(folder, "IN_MEMORY", tmp_path)
    left = tmp_path / "idp-metrics-of-a-server-that-was-killed"
    left.mkdir()
    settings = MetricsSettings(metrics_token=TOKEN)
    with folder.counting_together(settings):
        [first] = tmp_path.iterdir()
        assert first != left
        with folder.counting_together(settings):  # of another server beside it
            assert len([*tmp_path.iterdir()]) == 2
    assert [*tmp_path.iterdir()] == []


def test_openmetrics_is_told_to_who_accepts_it(http):
    http.get("/login")
    accept = {"Accept": "application/openmetrics-text; version=1.0.0, text/plain;q=0.5"}
    answer = http.get("/metrics", headers=HEADERS | accept)
    kind = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.headers["Content-Type"] == kind
    names = {f.name for f in openmetrics.text_string_to_metric_families(answer.text)}
    assert {"idp_http_requests", "idp_outbox_waiting"} <= names


@pytest.mark.parametrize("sent", [None, "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_nobody_else_is_told(http, sent):
    answer = http.get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "idp_" not in answer.text.replace("IDP_", "")


def test_neither_scrapes_nor_strangers_hold_up_probes(app, http, monkeypatch):
    inside, told = app.wsgi_app, Event()

    def answer_scrapes_late(environ, start_response):
        if "HTTP_AUTHORIZATION" in environ:
            assert told.wait(30)
        return inside(environ, start_response)

    monkeypatch.setattr(app, "wsgi_app", answer_scrapes_late)
    front = AsyncFront(app, threads=1, body_seconds=10)
    token = (b"authorization", HEADERS["Authorization"].encode())
    scrape = Call("/metrics", "GET", headers=[HOST, token])
    stranger = Call("/metrics", "GET", headers=[HOST])
    probe = Call("/readyz", "GET", headers=[HOST])

    async def ask_others() -> None:
        await stranger.made(front)
        await probe.made(front)
        told.set()

    async def ask() -> None:
        await asyncio.gather(scrape.made(front), ask_others())

    run(ask())
    assert (scrape.status, stranger.status) == (200, 401)
    assert probe.json["checks"]["database"] == "ok"


def test_a_listener_tells_metrics_alone_and_asks_for_a_token_that_is_set(
    app, http, tmp_path, monkeypatch
):
    with MetricsListener(("::1", 0), app) as listener:
        Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://[::1]:{listener.server_port}"
        assert requests.get(f"{url}/login", timeout=5).status_code == 404
        refused = requests.get(f"{url}/metrics", timeout=5)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        answer = requests.get(f"{url}/metrics", headers=HEADERS, timeout=5)
        assert 'idp_tokens_issued_total{grant="trial"} 0.0' in answer.text
        monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "gone"))
        gone = requests.get(f"{url}/metrics", headers=HEADERS, timeout=5)
        assert (gone.status_code, str(tmp_path / "gone") in gone.text) == (503, True)
        answer = http.get("/metrics", headers=HEADERS)
        assert (answer.status_code, answer.text) == (503, gone.text)
        listener.shutdown()


@pytest.mark.parametrize("environ", [{}], indirect=True)
def test_without_a_setting_there_are_no_metrics(app, http):
    assert http.get("/metrics", headers=HEADERS).status_code == 404
    assert service_of(app, Collected).meters is None


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"token": "short"}, "IDP_METRICS_TOKEN: has 5 characters, not 32"),
        ({"token": "a token " * 5}, "IDP_METRICS_TOKEN: must be ASCII"),
        ({"listen": "9100"}, "IDP_METRICS_LISTEN: must be HOST:PORT"),
        ({"listen": "0.0.0.0:9100"}, "IDP_METRICS_LISTEN: would tell anybody"),
        ({"listen": "8.8.8.8:9100"}, "IDP_METRICS_LISTEN: would tell anybody"),
        ({"listen": "[::ffff:0.0.0.0]:9100"}, "IDP_METRICS_LISTEN: would tell anybody"),
    ],
)
def test_settings_that_would_tell_anybody_stop_the_start(settings, what):
    assert problem(**settings).startswith(what)


def test_a_listener_is_private_or_has_a_token():
    for private in ("localhost:9100", "[::1]:9100", "10.0.0.3:9100"):
        loaded = configure(PRODUCTION | {"IDP_METRICS_LISTEN": private})
        assert not loaded[MetricsSettings].tells_strangers
    everywhere = {"IDP_METRICS_LISTEN": "0.0.0.0:9100", "IDP_METRICS_TOKEN": TOKEN}
    loaded = configure(PRODUCTION | everywhere)
    assert loaded[MetricsSettings].address == ("0.0.0.0", 9100)


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setattr("idp.ops.metrics.settings.find_spec", lambda _: None)
    assert "pip install 'idp-server[metrics]'" in problem(token=TOKEN)
