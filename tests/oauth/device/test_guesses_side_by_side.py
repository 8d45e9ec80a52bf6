"""Codes of devices that are typed at once (RFC 8628 §5.1)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event

from idp.core.db import db
from tests.hosted_pages import press

CALLERS, ALLOWED = 24, 20


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.mark.parametrize("round_", range(3))
def test_of_parallel_guesses_twenty_are_looked_for(app, http, make, round_):
    token = make.browsers.session(make.users.account())
    barrier, looks = Barrier(CALLERS), []

    def note(_connection, _cursor, statement, *_rest):
        if "user_code_mac =" in statement:
            looks.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)

    def guess(_number):
        browser = app.test_client()
        browser.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
        page = browser.get("/device")
        barrier.wait()
        return press(browser, page, user_code="BBBB-BBBB").status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        statuses = sorted(pool.map(guess, range(CALLERS)))
    assert statuses == [200] * ALLOWED + [429] * (CALLERS - ALLOWED)
    assert len(looks) == ALLOWED
