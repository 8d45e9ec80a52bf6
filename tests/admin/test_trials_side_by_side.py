"""Answers to one trial that come at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.models import AuthorizationCode, Grant
from idp.security.models import AuditEvent
from tests.admin.trials import Trial, fields_of, post_answer

CALLERS = 8


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.mark.parametrize("_again", range(3))
def test_of_many_at_once_one_is_shown_and_the_code_is_no_theft(app, http, make, _again):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    browser = make.browsers.sign_in(http, roles=["admin"])
    token = make.browsers.session(browser.person)
    http.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
    fields = fields_of(Trial(http, make.clients.own_app(scope="openid")).reach())
    barrier = Barrier(CALLERS)

    def call(_number) -> int:
        same = app.test_client()
        same.set_cookie("__Host-idp", token, domain="idp.example", secure=True)
        barrier.wait()
        return post_answer(same, fields).status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        statuses = sorted(pool.map(call, range(CALLERS)))
    assert statuses == [200, *[400] * (CALLERS - 1)]
    with app.app_context():
        assert db.session.query(AuthorizationCode).count() == 1
        assert db.session.scalars(db.select(Grant)).one().revoked_at is None
        tried = AuditEvent.event == "client.tried"
        assert db.session.query(AuditEvent).filter(tried).count() == 1
