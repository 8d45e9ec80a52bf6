"""/admin/logs: search the audit log, and take it along."""

import csv
import json
import re
from html import unescape
from io import StringIO

import pytest

from idp.core.db import db
from idp.security import audit
from idp.security.models import AuditEvent
from tests.admin.pages.pages_of_clients import AdminBrowser, words_of

PATH = "/admin/logs"


@pytest.fixture
def auditor(http, make) -> AdminBrowser:
    """The browser of an auditor."""
    make.browsers.sign_in(http, roles=["auditor"])
    return AdminBrowser(http)


@pytest.fixture
def changes(app, make) -> tuple[str, str]:
    """Who changed what of whom: the addresses of an owner and of Ada."""
    owner, ada = make.users.account(roles=["owner"]), make.users.account()
    with app.app_context():
        detail = {"changed": ["redirect_uris"]}
        audit.record("client.changed", user_id=owner.id, client_id="shop", **detail)
        said = {"action": "roles", "subject": ada.id}
        audit.record("admin.action", user_id=owner.id, **said)
        db.session.commit()
    return owner.email, ada.email


def listed(page) -> list[str]:
    return re.findall(r'scope="row"><code class="nb">([^<]+)', page.text)


def link(page, words: str) -> str:
    return unescape(re.search(rf'href="([^"]+)"[^>]*>{words}<', page.text)[1])


def test_an_auditor_finds_who_changed_a_redirect_uri(auditor, changes):
    page = auditor.open(PATH, event="client.changed", client_id="shop")
    assert listed(page) == ["client.changed"]
    assert changes[0] in words_of(page)
    assert "redirect_uris" in words_of(page)
    assert '<option lang="en" selected>client.changed' in page.text
    assert auditor.value(page, "client_id") == "shop"


def test_people_are_found_by_address(auditor, changes):
    owner, ada = changes
    assert listed(auditor.open(PATH, whom=ada)) == ["admin.action"]
    found = listed(auditor.open(PATH, who=owner))
    assert sorted(found) == ["admin.action", "client.changed", "register"]
    page = auditor.open(PATH, who="nobody@example.com")
    assert "No event is like that." in words_of(page)


def test_days_are_whole_and_what_is_none_narrows_nothing(auditor, changes):
    sought = {"client_id": "shop"}
    (row,) = [
        json.loads(line)
        for line in auditor.open(f"{PATH}/export", format="jsonl", **sought)
        .get_data(as_text=True)
        .splitlines()
    ]
    day = row["occurred_at"][:10]
    assert listed(auditor.open(PATH, since=day, until=day, **sought))
    assert not listed(auditor.open(PATH, until="2020-01-01", **sought))
    assert listed(auditor.open(PATH, until="9999-12-31", since="today", **sought))


def test_pages_lead_on_with_the_same_filters(app, auditor):
    with app.app_context():
        for _ in range(30):
            audit.record("client.changed", client_id="shop")
        db.session.commit()
    page = auditor.open(PATH, client_id="shop")
    assert len(listed(page)) == 25
    following = auditor.open(link(page, "Next page"))
    assert len(listed(following)) == 5
    assert link(following, "First page") == f"{PATH}?client_id=shop"
    assert len(page.data) < 40_000


def test_what_is_searched_for_is_exported(auditor, changes):
    page = auditor.open(PATH, event="client.changed")
    answer = auditor.open(link(page, "Export CSV"))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    (row,) = csv.DictReader(StringIO(answer.get_data(as_text=True)))
    assert (row["event"], row["client_id"]) == ("client.changed", "shop")
    answer = auditor.open(link(page, "Export JSON lines"))
    assert answer.content_type == "application/x-ndjson"
    assert json.loads(answer.data)["detail"] == {"changed": ["redirect_uris"]}


@pytest.mark.parametrize("name", ["who", "whom", "ip", "event", "since"])
def test_a_filter_that_no_database_takes_finds_nothing_and_breaks_nothing(
    auditor, name
):
    assert auditor.http.get(f"{PATH}?{name}=%00").status_code in {200, 400}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"])
def test_no_cell_of_a_spreadsheet_is_a_formula(app, auditor, text):
    with app.app_context():
        row = AuditEvent(event="client.auth.fail", outcome="refused", user_agent=text)
        db.session.add(row)
        db.session.commit()
    answer = auditor.open(f"{PATH}/export", format="csv", event="client.auth.fail")
    (row,) = csv.DictReader(StringIO(answer.get_data(as_text=True), newline=""))
    assert row["user_agent"] == f"'{text}"


@pytest.mark.parametrize(("role", "shown"), [("auditor", True), ("support", False)])
def test_the_menu_has_it_for_who_may(http, make, role, shown):
    make.browsers.sign_in(http, roles=[role])
    assert ('href="/admin/logs"' in http.get("/admin/clients").text) is shown
