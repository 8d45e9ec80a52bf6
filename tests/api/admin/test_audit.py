"""/api/admin/audit, and that every search is looked up in an index."""

import json
import re
from datetime import UTC, datetime

import pytest

from idp.administration.audit_search import AuditFilters, rows_like, search_audit
from idp.core.connections import connection
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.security.models import AuditEvent
from tests.api.callers import Program, fields, problem
from tests.plans import plan_of

PATH = "/api/admin/audit"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def auditor(program, make):
    """A program of an auditor who signed in."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["auditor"]))
    return program


@pytest.fixture
def stored(app):
    """Return a function that adds rows, as the log has them from other days."""

    def store(count: int = 1, **values) -> None:
        with app.app_context():
            known = {"event": "client.changed", "outcome": "ok", "occurred_at": MOMENT}
            for _ in range(count):
                db.session.add(AuditEvent(**(known | values)))
            db.session.commit()

    return store


def found(caller, **query) -> list[dict]:
    answer = caller.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"who": "a" * 32}, {"user_id": "a" * 32}),
        ({"who": "operator"}, {"actor": "operator"}),
        ({"who": "api_key:k"}, {"actor": "api_key:k"}),
        ({"who": "client:job"}, {"actor": "client:job"}),
        ({"event": "api.created"}, {"event": "api.created"}),
        ({"outcome": "refused"}, {"outcome": "refused"}),
        ({"whom": "b" * 32}, {"subject": "b" * 32}),
        ({"organization_id": "c" * 32}, {"organization_id": "c" * 32}),
        ({"client_id": "shop"}, {"client_id": "shop"}),
        ({"ip": "2001:db8::1"}, {"ip": "2001:db8::1"}),
        ({"request_id": "r1"}, {"request_id": "r1"}),
        ({"until": MOMENT.isoformat()}, {"occurred_at": MOMENT.replace(year=2025)}),
    ],
)
def test_rows_are_found_by_each_filter(auditor, stored, query, values):
    stored()
    stored(**values)
    (row,) = found(auditor, **query)
    for name, value in values.items():
        expected = "2025-01-02T03:04:05Z" if name == "occurred_at" else value
        assert row[name] == expected


def test_since_is_part_of_the_time_and_until_is_not(auditor, stored):
    stored()
    ends = {"since": MOMENT.isoformat(), "until": MOMENT.replace(day=3).isoformat()}
    assert len(found(auditor, **ends)) == 1
    assert found(auditor, until=MOMENT.isoformat()) == []


def test_pages_of_rows_of_one_moment_repeat_and_miss_none(auditor, stored):
    stored(5, client_id="shop")
    seen, cursor = [], {}
    for _ in range(3):
        query = {"client_id": "shop", "limit": 2, **cursor}
        answer = auditor.get(PATH, query_string=query)
        seen += [row["id"] for row in answer.json["items"]]
        cursor = {"cursor": answer.json["next_cursor"]}
    assert cursor == {"cursor": None}
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_rows_come_as_json_lines_for_who_asks(auditor, stored):
    stored(3, client_id="shop")
    query = {"client_id": "shop", "limit": 2}
    lines = auditor.get(
        PATH, query_string=query, headers={"Accept": "application/x-ndjson"}
    )
    assert lines.mimetype == "application/x-ndjson"
    page = auditor.get(PATH, query_string=query)
    assert page.mimetype == "application/json"
    assert [json.loads(line) for line in lines.text.splitlines()] == page.json["items"]
    assert lines.headers["Link"] == page.headers["Link"]
    assert "Accept" in lines.vary
    both = {"Accept": "application/json, application/x-ndjson;q=0.5"}
    assert auditor.get(PATH, headers=both).mimetype == "application/json"


def test_a_cursor_of_another_search_is_refused(auditor, stored):
    stored(2, client_id="shop")
    query = {"client_id": "shop", "limit": 1}
    cursor = auditor.get(PATH, query_string=query).json["next_cursor"]
    other = auditor.get(PATH, query_string={"client_id": "wiki", "cursor": cursor})
    assert fields(other) == {"cursor": "invalid_cursor"}


def test_what_an_owner_did_to_somebody_is_found_by_whom(app, auditor, make):
    ada, owner = make.users.account(), make.users.account(roles=["owner"])
    boss = Program(app.test_client(use_cookies=False))
    boss.sign_in(owner)
    path = f"/api/accounts/{ada.id}"
    assert boss.send("PATCH", path, {"roles": ["support"]}).status_code == 200
    (row,) = found(auditor, whom=ada.id)
    assert (row["event"], row["user_id"]) == ("admin.action", owner.id)
    assert row["detail"]["after"] == {"roles": ["support"]}
    assert row["ip"]
    assert row["request_id"]


def test_support_reads_no_audit_log(program, make):
    make.clients.spa()
    program.sign_in(make.users.account(roles=["support"]))
    assert problem(program.get(PATH)) == (403, "not_permitted")


def test_a_filter_that_is_none_is_named(auditor):
    answer = auditor.get(PATH, query_string={"outcome": "maybe", "since": "today"})
    assert set(fields(answer)) == {"outcome", "since"}


def test_a_filter_that_no_database_takes_breaks_nothing(auditor):
    assert auditor.get(f"{PATH}?ip=%00").status_code in {200, 400}


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (AuditFilters(), "occurred_at"),
        (AuditFilters(since=MOMENT), "occurred_at"),
        (AuditFilters(who="a" * 32), "user_id_occurred_at"),
        (AuditFilters(who="operator"), "actor_occurred_at"),
        (AuditFilters(event="client.changed"), "event_occurred_at"),
        (AuditFilters(whom="a" * 32), "subject_occurred_at"),
        (AuditFilters(organization_id="c" * 32), "organization_id_occurred_at"),
        (AuditFilters(client_id="shop"), "client_id_occurred_at"),
        (AuditFilters(ip="192.0.2.1"), "ip_occurred_at"),
        (AuditFilters(request_id="r1"), "request_id"),
    ],
)
def test_every_search_is_looked_up_in_its_index(app, filters, index):
    with app.app_context():
        assert f"ix_audit_events_{index}" in plan_of(rows_like(filters).limit(51))


COMMON = {
    "event": "login.ok",
    "ip": "192.0.2.1",
    "client_id": "shop",
    "user_id": "a" * 32,
}
RARE = {
    "event": "code.replayed",
    "outcome": "refused",
    "ip": "192.0.2.9",
    "client_id": "wiki",
}


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (AuditFilters(outcome="refused"), "occurred_at"),
        (AuditFilters(event="login.ok", outcome="refused"), "event_occurred_at"),
        (AuditFilters(event="code.replayed", client_id="shop"), "client_id"),
        (AuditFilters(outcome="refused", client_id="shop"), "client_id"),
        (AuditFilters(event="code.replayed", ip="192.0.2.1"), "ip"),
        (AuditFilters(client_id="wiki", ip="192.0.2.1", outcome="ok"), "ip"),
        (AuditFilters(event="login.ok", who="b" * 32), "user_id"),
        (AuditFilters(event="login.ok", who="operator", outcome="ok"), "actor"),
        (AuditFilters(who="a" * 32, whom="b" * 32), "subject"),
        (AuditFilters(request_id="r1", ip="192.0.2.1"), "request_id"),
    ],
)
def test_what_many_rows_have_and_none_together_reads_no_row(
    app, stored, filters, index
):
    """SQLite takes the index that is meant; PostgreSQL one where all is compared."""
    stored(1000, **COMMON)
    stored(**(COMMON | RARE))
    with app.app_context():
        if connection().dialect.name == "postgresql":
            connection().exec_driver_sql("ANALYZE audit_events")
        wanted = rows_like(filters).limit(51)
        plan = plan_of(wanted, run=True)
    removed = re.findall(r"Rows Removed by Filter: (\d+)", plan)
    assert sum(map(int, removed)) <= 1
    if "SEARCH" in plan or "SCAN" in plan:
        assert f"ix_audit_events_{index}" in plan


def test_a_search_is_planned_for_its_values_however_often_it_was_run(app, stored):
    """PostgreSQL would plan for any values then, and read all that a NAT has done."""
    stored(1000, **COMMON)
    rare = AuditFilters(who="b" * 32, ip="192.0.2.1", event="login.ok")
    with app.app_context():
        for _ in range(20):
            assert search_audit(rare, FirstItems(25)).items == []
        assert plans_for_any_values() == 0


def plans_for_any_values() -> int:
    """Return how often this connection's searches ran by such a plan."""
    held = connection()
    if held.dialect.name != "postgresql":
        return 0  # looks at no values anyway, and is left one index
    asked = (
        "SELECT coalesce(sum(generic_plans), 0) FROM pg_prepared_statements "
        "WHERE position('audit_events' IN statement) > 0"
    )
    return int(held.exec_driver_sql(asked).scalar_one())
