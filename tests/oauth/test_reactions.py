"""What ends when a session ends, a password changes or a person goes."""

import pytest

from idp.accounts.events import (
    PasswordChanged,
    SessionEnded,
    SessionsEnded,
    UserDeactivated,
)
from idp.core.db import db
from idp.core.events import publish
from tests.oauth.calls import redeem, refresh, userinfo


@pytest.fixture
def happen(app):
    """Publish an event as the accounts slice does, and commit."""

    def published(event):
        with app.app_context():
            publish(event)
            db.session.commit()

    return published


@pytest.fixture
def held(http, make):
    """What one person's app holds: a grant of a session, and an offline one."""
    spa, person = make.clients.spa(), make.users.signed_in_person()
    with_session = redeem(http, make.tokens.code(spa, person=person)).json
    offline = redeem(
        http, make.tokens.code(spa, person=person, scope="openid offline_access")
    ).json

    def still_good(tokens):
        seen = userinfo(http, tokens["access_token"]).status_code == 200
        refreshed = refresh(http, spa, tokens["refresh_token"]).status_code == 200
        assert seen == refreshed
        return seen

    return person, lambda: (still_good(with_session), still_good(offline))


def test_the_end_of_a_session_ends_what_lives_with_it(held, happen):
    (user_id, session_id), good = held
    happen(SessionEnded(session_id=session_id, user_id=user_id))
    assert good() == (False, True)


def test_the_end_of_another_session_ends_nothing(held, happen):
    (user_id, _), good = held
    happen(SessionEnded(session_id="another", user_id=user_id))
    assert good() == (True, True)


def test_the_end_of_all_other_sessions_spares_this_one(held, happen):
    (user_id, session_id), good = held
    happen(SessionsEnded(user_id=user_id, except_session_id=session_id))
    assert good() == (True, True)


def test_the_end_of_all_sessions_ends_what_lives_with_them(held, happen):
    (user_id, _), good = held
    happen(SessionsEnded(user_id=user_id, except_session_id=None))
    assert good() == (False, True)


def test_the_end_of_others_ends_a_session_that_is_not_spared(held, happen):
    (user_id, _), good = held
    happen(SessionsEnded(user_id=user_id, except_session_id="another"))
    assert good() == (False, True)


@pytest.mark.parametrize("event", [PasswordChanged, UserDeactivated])
def test_a_new_password_or_a_deactivation_ends_everything(held, happen, event):
    (user_id, _), good = held
    happen(event(user_id=user_id))
    assert good() == (False, False)


def test_other_people_keep_theirs(http, make, happen, held):
    _, good = held
    happen(PasswordChanged(user_id="somebody-else"))
    assert good() == (True, True)
