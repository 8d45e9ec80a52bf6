"""Every refusal is found under the reference that its caller got, without secrets."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from idp.core.context import service_of
from idp.core.db import db
from idp.ops.processes.refusal_writer import RefusalWriter
from idp.security.models import AuditEvent, Counter, RefusalCount, StoredRefusal
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.looking import find_refusal_record
from idp.security.refusals.rations import OF_CLIENT
from tests.make_clients import CALLBACK
from tests.oauth.calls import basic, redeem, refresh

SECRET = "top-secret-Value-of-43-characters-000000000"


@pytest.fixture
def explained(app):
    """Return what is kept of the refusal of an answer, from the table."""

    def find(answer):
        with app.app_context():
            service_of(app, RefusalBook).write()
            return find_refusal_record(answer.headers["X-Request-Id"])

    return find


@pytest.fixture
def count(app):
    """Return how many rows of a table there are."""

    def counted(model):
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(model))

    return counted


def ask(http, headers=None, **form):
    form = {"grant_type": "client_credentials", **form}
    return http.post("/oauth2/token", data=form, headers=headers or {})


def test_a_wrong_secret_of_a_client_is_told_from_a_wrong_method(http, make, explained):
    machine = make.clients.machine_client()
    wrong = explained(ask(http, basic(f"{machine.client_id}:{SECRET}")))
    assert (wrong.check, wrong.client_id) == ("wrong_secret", machine.client_id)
    missing = explained(ask(http, client_id=machine.client_id))
    assert missing.check == "wrong_method"
    assert missing.expected == "client_secret_basic"
    recorded = make.records.audited_details("client.auth.fail")
    assert {row["reason"] for row in recorded} == {"wrong_secret", "wrong_method"}


def test_what_is_kept_of_a_secret_is_its_length_and_how_its_digest_begins(
    app, http, explained
):
    for answer in (
        ask(http, basic(f"nobody:{SECRET}")),
        ask(http, client_id="nobody", client_secret=SECRET, code=SECRET),
        ask(http, {"Authorization": f"Bearer {SECRET}"}),
        ask(http, {"Authorization": SECRET}),
        ask(http, client_id=SECRET, password=SECRET, username=SECRET, **{SECRET: "1"}),
        http.get(f"/oauth2/userinfo?access_token={SECRET}"),
        http.get(
            f"/oauth2/authorize?client_id=x&redirect_uri=https://a.example/{SECRET}"
        ),
        http.get(f"/verify-email/{SECRET}"),
        http.post("/auth/login", json={"email": "a@b.example", "password": SECRET}),
        http.post("/auth/login", json={"correcthorsebattery": "x"}),
        ask(http, correcthorsebattery="x"),
        http.get(
            "/oauth2/authorize?client_id=x&redirect_uri=app:/cb%23correcthorsebattery"
        ),
    ):
        found = explained(answer)
        kept = json.dumps(dict(found.received)) + found.expected
        assert SECRET not in kept
        assert "correcthorsebattery" not in kept
        assert "a@b.example" not in kept
    digest = sha256(SECRET.encode()).hexdigest()[:8]
    sent = explained(ask(http, client_id="nobody", client_secret=SECRET))
    assert sent.received["client_secret"] == f"43 characters, SHA-256 {digest}"
    assert sent.received["client_id"] == "nobody"


def test_what_is_wrong_with_a_code_is_named(http, make, explained):
    made = make.tokens.code(make.clients.spa())
    for changed, check, said in (
        ({"code_verifier": None}, "code_verifier_missing", "code_verifier is missing"),
        ({"code_verifier": "x" * 43}, "code_verifier", "The code is unknown"),
        ({"redirect_uri": "https://a.example/"}, "code_redirect_uri", "The code is"),
        ({"code": "unheard-of"}, "code_unknown", "The code is unknown"),
    ):
        refused = redeem(http, made, **changed)
        assert refused.json["error"] == "invalid_grant"
        assert refused.json["error_description"].startswith(said)
        assert explained(refused).check == check


def test_a_code_that_came_too_late_or_twice_is_told_so(http, make, explained, clock):
    spa = make.clients.spa()
    made = make.tokens.code(spa)
    redeem(http, made)
    again = redeem(http, made)
    assert again.json["error_description"].startswith("The code was used before")
    made = make.tokens.code(spa)
    clock.tick(seconds=61)
    late = redeem(http, made)
    assert late.json["error_description"].startswith("The code has expired")
    assert explained(late).check == "code_expired"


def test_refusals_of_each_endpoint_are_kept(http, make, explained):
    spa = make.clients.spa()
    relying = {"client_id": spa.client_id, "redirect_uri": CALLBACK}
    for answer, endpoint, check in (
        (refresh(http, spa, "x"), "POST /oauth2/token", "unknown"),
        (http.get("/oauth2/token"), "GET /oauth2/token", "method"),
        (http.post("/oauth2/introspect"), "POST /oauth2/introspect", "no_client"),
        (http.post("/oauth2/revoke"), "POST /oauth2/revoke", "no_client"),
        (http.get("/oauth2/userinfo"), "GET /oauth2/userinfo", "401"),
        (
            http.get("/oauth2/logout?id_token_hint=x"),
            "GET /oauth2/logout",
            "hint_invalid",
        ),
        (
            http.get("/oauth2/authorize", query_string={"client_id": "x"}),
            "GET /oauth2/authorize",
            "client_unknown",
        ),
        (
            http.get("/oauth2/authorize", query_string=relying),
            "GET /oauth2/authorize",
            "response_type",
        ),
        (http.get("/auth/me"), "GET /auth/me", "authentication_required"),
        (
            http.get("/api/admin/audit"),
            "GET /api/admin/audit",
            "authentication_required",
        ),
        (http.get("/nowhere"), "GET (no route)", "404"),
        (
            http.post("/auth/login", json={"email": "a@b.example", "password": "x"}),
            "POST /auth/login",
            "invalid_credentials",
        ),
    ):
        found = explained(answer)
        assert (found.endpoint, found.check) == (endpoint, check)
        assert found.expected
        assert found.fix.endswith(".")


def test_a_page_that_may_not_read_an_answer_is_told_to_the_operator(
    http, make, explained
):
    made = make.tokens.code(make.clients.spa())
    form, headers = made.form, {"Origin": "https://elsewhere.example"}
    unread = explained(http.post("/oauth2/token", data=form, headers=headers))
    assert unread.check == "cors_origin"
    assert unread.received["Origin"] == "https://elsewhere.example"
    assert "allowed_origins" in unread.fix


def test_a_device_that_polls_is_refused_nothing(http, make, explained):
    device = make.clients.device_client()
    start = {"client_id": device.client_id, "scope": "openid"}
    code = http.post("/oauth2/device_authorization", data=start).json["device_code"]
    poll = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": device.client_id,
        "device_code": code,
    }
    waits = http.post("/oauth2/token", data=poll)
    assert waits.json["error"] == "authorization_pending"
    assert explained(waits) is None


def test_a_flood_of_strangers_leaves_few_rows(app, http, make, explained, count):
    with app.app_context():
        book = RefusalBook(newest=50)
        app.extensions["idp"][RefusalBook] = book
    machine = make.clients.machine_client()
    known = ask(http, basic(f"{machine.client_id}:{SECRET}"))
    rows = count(AuditEvent)
    for number in range(300):
        ip = f"198.51.{number // 200}.{number % 200 + 1}"
        last = http.post(
            "/oauth2/token",
            data={"grant_type": "client_credentials", "client_id": f"nobody-{number}"},
            environ_overrides={"REMOTE_ADDR": ip},
        )
        if number % 20 == 0:
            explained(last)
    assert last.status_code == 401
    assert explained(last).received["client_id"] == "nobody-299"
    assert explained(known).known
    assert count(AuditEvent) == rows
    assert count(StoredRefusal) <= 50 + 100 + 1
    assert count(RefusalCount) <= 16
    with app.app_context():
        assert db.session.scalar(select(func.sum(RefusalCount.count))) == 300


def test_what_can_never_be_written_holds_up_nothing(app, http, explained, caplog):
    lost = ask(http, client_id="nobody")
    book = service_of(app, RefusalBook)
    with app.app_context():
        record = book.find(lost.headers["X-Request-Id"])
        book.note(replace(record, reference="unwritten", received={"a": object()}))
    writer = RefusalWriter(app)
    writer.write()
    assert "refusals lost" in caplog.text
    later = ask(http, client_id="nobody-else")
    writer.write()
    assert explained(later).check == "unknown_client"


def test_strangers_in_the_name_of_a_client_leave_few_rows_in_an_hour(
    http, make, explained, clock
):
    machine, web = make.clients.machine_client(), make.clients.web_client()

    def refused(number, client):
        there = {"REMOTE_ADDR": f"198.51.100.{number + 1}"}
        wrong = {"client_id": client.client_id, "redirect_uri": "https://x.example"}
        http.get("/oauth2/authorize", query_string=wrong, environ_overrides=there)
        form = {"grant_type": "client_credentials"}
        headers = basic(f"{client.client_id}:{SECRET}")
        path = "/oauth2/token"
        return http.post(path, data=form, headers=headers, environ_overrides=there)

    events = ("client.auth.fail", "redirect.rejected")
    last = [refused(number, machine) for number in range(OF_CLIENT + 5)][-1]
    assert explained(last).check == "wrong_secret", "its reference tells"
    for event in events:
        assert len(make.records.audited(event)) == OF_CLIENT
        assert make.records.counted(event) == 5
    refused(0, web)
    clock.tick(hours=1)
    refused(0, machine)
    for event in events:
        assert len(make.records.audited(event)) == OF_CLIENT + 2


def test_names_of_clients_that_are_none_share_one_limit(http):
    answers = [ask(http, client_id=f"nobody-{number}") for number in range(21)]
    assert [answer.status_code for answer in answers[19:]] == [401, 429]


def test_the_keys_of_limits_hold_no_text_of_the_caller(app, http):
    ask(http, client_id="text-of-a-caller", client_secret="x")
    http.post(
        "/auth/login", json={"email": "text-of-a-caller@a.example", "password": "x"}
    )
    with app.app_context():
        keys = db.session.scalars(select(Counter.key)).all()
    assert keys
    assert "text-of-a-caller" not in " ".join(keys)
