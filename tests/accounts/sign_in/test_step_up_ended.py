"""One more proof renews a session that is there still, and begins no other."""

import pytest

from idp.accounts.errors import NotSignedIn
from idp.accounts.sessions.end import end_session
from idp.accounts.sessions.find import find_session, find_unended
from idp.accounts.sessions.list import end_every_device
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in import reauthentication
from idp.accounts.sign_in.second_factor.step_up import step_up_by_code
from idp.core.db import db
from idp.security.requester import Requester
from tests.api.callers import Program

HERE = Requester()
ENDS = {
    "signed out": lambda live: end_session(live.id),
    "signed out everywhere": lambda live: end_every_device(live.user_id, by="operator"),
}


@pytest.fixture
def ada(make):
    make.clients.spa()
    return make.users.account("ada@example.com")


@pytest.fixture
def live(app, ada, clock, http):
    """The session of Ada, as a request has read it that is under way."""
    Program(app.test_client(use_cookies=False)).sign_in(ada)
    with app.app_context():
        [session_id] = find_unended(ada.id)
        yield find_session(session_id)


def by_app(live, make, ada):
    phone = make.factors.totp(ada)
    step_up_by_code(live, Method.TOTP, code=phone.code(), requester=HERE)


def by_password(live, make, ada):
    reauthentication.confirm(live, password=ada.password, requester=HERE)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("prove", [by_app, by_password])
def test_a_session_that_ended_meanwhile_stays_ended(live, ada, make, end, prove):
    end(live)
    db.session.commit()
    with pytest.raises(NotSignedIn):
        prove(live, make, ada)
    db.session.rollback()
    assert find_unended(ada.id) == []
