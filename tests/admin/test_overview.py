"""/admin: what needs somebody, and the server in numbers."""

import re
from datetime import timedelta

import pytest

from idp.administration.daily_counts import COUNTED, DAYS
from idp.administration.models import DailyCount
from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.keys import rotation
from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import Job, Worker
from tests.admin.pages.pages_of_clients import words_of
from tests.administration.loops import Stopped, fail

LIMIT = 60 * 1024


@pytest.fixture
def environ():
    """A server behind a proxy that it trusts, on a disk with enough room."""
    return {"IDP_TRUSTED_PROXIES": "127.0.0.1", "IDP_DISK_WARN_MEGABYTES": "1"}


@pytest.fixture
def opened(http, make):
    """Open the page as somebody with a role."""

    def open_as(role: str):
        make.browsers.sign_in(http, roles=[role])
        headers = {"Accept": "text/html", "X-Forwarded-For": "203.0.113.9"}
        answer = http.get("/admin", headers=headers)
        assert answer.status_code == 200
        return answer

    return open_as


@pytest.fixture
def busy(app):
    """Thirty days, each with more of everything than the one before."""
    with app.app_context():
        for ago in range(DAYS):
            for name in COUNTED:
                db.session.add(
                    DailyCount(
                        day=utcnow().date() - timedelta(days=ago),
                        name=name,
                        count=12_345 * (DAYS - ago),
                        counted_at=utcnow(),
                    )
                )
        db.session.commit()


@pytest.mark.usefixtures("busy")
def test_the_numbers_are_drawn_and_stand_in_a_table(opened):
    page = opened("auditor")
    assert page.text.count("<rect") == 3 * DAYS
    assert page.text.count('role="img"') == 3
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page.text)
    assert len(rows) == DAYS
    assert "370,350" in rows[0]
    assert "12,345" in rows[-1]
    assert "5,740,425" in words_of(page)
    assert len(page.data) <= LIMIT


def test_nothing_is_drawn_where_nothing_happened(opened):
    page = opened("owner")
    assert page.text.count("<rect") == 1  # the owner's own account was made today
    assert "Nobody has signed in yet" in words_of(page)
    assert 'href="/admin/clients/new"' in page.text


def test_who_may_register_no_app_is_not_led_to_it(opened):
    assert 'href="/admin/clients/new"' not in opened("support").text


def test_what_needs_somebody_leads_to_where_it_can_be_looked_at(app, opened):
    Worker(app, [Job(name="mail", interval_seconds=60, run=fail)]).run(Stopped(1))
    page = opened("auditor")
    assert "Jobs that fail: mail." in words_of(page)
    assert 'href="/admin/jobs">' in page.text


def test_support_is_told_too_and_led_nowhere_that_is_closed(app, opened):
    Worker(app, [Job(name="mail", interval_seconds=60, run=fail)]).run(Stopped(1))
    page = opened("support")
    assert "Jobs that fail: mail." in words_of(page)
    assert 'href="/admin/jobs"' not in page.text


@pytest.mark.parametrize("environ", [{"IDP_TRUSTED_PROXIES": "10.0.0.1"}])
def test_a_proxy_that_is_not_trusted_leads_to_the_setting(opened):
    page = opened("auditor")
    assert "Requests come by 127.0.0.1, which IDP_TRUSTED" in words_of(page)
    assert 'href="/admin/settings?query=TRUSTED_PROXIES">' in page.text


def test_where_all_is_well_the_page_says_so(app, opened):
    with app.app_context():
        rotation.ensure_keys()
        db.session.commit()
    Worker(app, JOBS).run(Stopped(len(JOBS)))
    assert "Nothing needs you" in words_of(opened("admin"))


def test_the_menu_of_the_administration_begins_with_it(opened):
    page = opened("admin")
    menu = page.text.split('<nav class="side"')[1]
    assert menu.index('href="/admin"') < menu.index('href="/admin/clients"')
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', page.text) == ["/admin"]
