"""Sign-ins at the same moment: no more sessions are left than a policy allows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from idp.accounts.models import BrowserSession
from idp.core.db import db
from tests.api.callers import Program

AT_ONCE = 6


@pytest.fixture
def environ():
    off = dict.fromkeys(("LOGIN_ACCOUNT_IP", "LOGIN_IP", "LOGIN_ACCOUNT"), "off")
    limits = {f"IDP_RATELIMIT_{name}": value for name, value in off.items()}
    return {"IDP_THREADS": str(AT_ONCE + 2), **limits}


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("round_", range(3))
def test_no_more_are_left_than_allowed(app, http, make, most, round_):
    make.clients.spa()
    make.policies.decide(max_sessions=most)
    ada = make.users.account()

    def sign_in(_number):
        return Program(app.test_client(use_cookies=False)).sign_in(ada)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(sign_in, range(AT_ONCE)))
    assert len(answers) == AT_ONCE
    with app.app_context():
        unended = select(func.count()).where(BrowserSession.ended_at.is_(None))
        assert db.session.scalar(unended) == most
