"""What strangers leave is bounded: of each network the newest fifty wait."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from idp.core.db import db
from idp.oauth.jobs import purge_expired
from idp.oauth.models import DeviceCode, Interaction, PendingLogout
from idp.security.ratelimit.newest import MOST_WAITING
from tests.rp import RelyingParty

CALLERS = 4
EACH = 5


def rows_of(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def asked(http, make):
    """A request to sign in, as a query; some of it changes nothing."""
    rp = RelyingParty(http, make.clients.spa())
    return urlencode(rp.parameters(display="page" * 100, claims_locales="en"))


def ask_from(app, ip, asked):
    """Begin to sign in from an address, in a new browser."""
    there = {"REMOTE_ADDR": ip}
    answer = app.test_client().get(
        f"/oauth2/authorize?{asked}", environ_overrides=there
    )
    assert answer.location.startswith("/login?")


def test_of_a_network_the_newest_requests_wait(app, asked, clock, statements):
    ask_from(app, "2001:db8:1:3::1", asked)
    for number in range(MOST_WAITING - 1):
        ask_from(app, f"2001:db8:1:2::{number + 1:x}", asked)
    clock.tick(seconds=1)
    for number in range(3):
        with statements() as seen:
            ask_from(app, f"2001:db8:1:2:{number + 1:x}::", asked)
    assert seen.count("INSERT") == seen.count("DELETE") == 1
    assert rows_of(app, Interaction) == 1 + MOST_WAITING
    with app.app_context():
        rows = db.session.scalars(select(Interaction)).all()
        newest = [row for row in rows if row.created_at == clock.now]
    assert len(newest) == 3
    assert newest[0].parameters.keys().isdisjoint({"display", "claims_locales"})
    clock.tick(hours=1, seconds=1)
    with app.app_context():
        purge_expired()
    assert rows_of(app, Interaction) == 0, "they go when they expire"


def test_who_leaves_few_costs_nothing_more(app, asked, statements):
    ask_from(app, "192.0.2.1", asked)
    with statements() as seen:
        ask_from(app, "192.0.2.1", asked)
    assert seen == ["INSERT", "COMMIT"]


def test_requests_of_a_network_side_by_side_forget_the_oldest(app, asked):
    for _ in range(MOST_WAITING):
        ask_from(app, "192.0.2.1", asked)
    barrier = Barrier(CALLERS)

    def ask_often(_number):
        barrier.wait()
        for _ in range(EACH):
            ask_from(app, "192.0.2.1", asked)

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(ask_often, range(CALLERS)))
    ask_from(app, "192.0.2.1", asked)
    assert rows_of(app, Interaction) <= MOST_WAITING + 1


def test_devices_and_sign_outs_are_bounded_too(http, app, make):
    tv = make.clients.device_client()
    for _ in range(MOST_WAITING + 2):
        form = {"client_id": tv.client_id, "scope": "openid"}
        assert http.post("/oauth2/device_authorization", data=form).status_code == 200
        http.post("/oauth2/logout", data={"state": "a"})
    assert rows_of(app, DeviceCode) == MOST_WAITING
    assert rows_of(app, PendingLogout) == MOST_WAITING
