"""Whatever ends a session reaches the apps that were used in it."""

import pytest

from idp.accounts.events import PasswordChanged, UserDeactivated
from idp.core.db import db
from idp.core.events import publish
from tests.browsing import Browser
from tests.make_users import PASSWORD
from tests.oauth.signing_out import (
    LOOPBACK_OPEN,
    checked,
    deliver,
    log_of,
    logout,
    receiver,
    sign_in_at,
)

NEW_PASSWORD = "seven loud geese in the rain"


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


class Desk:
    """One of Ada's browsers, signed in at both apps."""

    def __init__(self, app, make, ada, apps) -> None:
        self.browser = Browser(app)
        self.session_id = make.browsers.sign_in(
            self.browser.http, person=ada
        ).session_id
        self.tokens = [
            sign_in_at(self.browser.http, make, client, person=ada) for client in apps
        ]


@pytest.fixture
def receivers():
    with receiver() as notes, receiver() as shop:
        yield [notes, shop]


@pytest.fixture
def apps(make, receivers):
    return [make.clients.client(backchannel_logout_uri=each.uri) for each in receivers]


@pytest.fixture
def desk(app, http, make, ada, apps):
    return Desk(app, make, ada, apps)


@pytest.fixture
def phone(app, http, make, ada, apps):
    return Desk(app, make, ada, apps)


@pytest.fixture
def told(app, http, apps, receivers):
    """Delivers, and says which sessions each of the two apps heard of."""

    def heard():
        while deliver(app):
            pass
        return [
            sorted(
                checked(http, token, client.client_id)["sid"] for token in got.tokens
            )
            for client, got in zip(apps, receivers, strict=True)
        ]

    return heard


def test_signing_out_on_our_page_tells_both_apps_of_this_session(desk, phone, told):
    desk.browser.open("/logout")
    desk.browser.submit()
    assert told() == [[desk.session_id], [desk.session_id]]


def test_signing_out_at_one_app_tells_both(desk, phone, told):
    logout(desk.browser.http, id_token_hint=desk.tokens[0]["id_token"])
    assert told() == [[desk.session_id], [desk.session_id]]


def test_an_app_used_twice_is_told_once(desk, make, ada, apps, told):
    sign_in_at(desk.browser.http, make, apps[0], person=ada)
    desk.browser.open("/logout")
    desk.browser.submit()
    assert told() == [[desk.session_id], [desk.session_id]]


def test_ending_one_device_on_the_account_page_tells_its_apps(desk, phone, told):
    desk.browser.open("/account/sessions")
    desk.browser.submit(f"/account/sessions/{phone.session_id}/revoke")
    assert told() == [[phone.session_id], [phone.session_id]]


def test_ending_all_other_devices_spares_this_one(desk, phone, told):
    desk.browser.open("/account/sessions")
    desk.browser.submit("/account/sessions/revoke")
    assert told() == [[phone.session_id], [phone.session_id]]


def test_a_new_password_ends_the_others_and_tells_their_apps(desk, phone, told):
    desk.browser.open("/account/password")
    desk.browser.submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert "Your password was changed." in desk.browser.text
    assert told() == [[phone.session_id], [phone.session_id]]


def test_leaving_for_good_tells_the_apps_of_every_session(desk, phone, ada, told):
    desk.browser.open("/account/data")
    desk.browser.submit("/account/data/delete", confirm_email=ada.email)
    both = sorted([desk.session_id, phone.session_id])
    assert told() == [both, both]


def test_a_person_who_is_shut_out_is_shut_out_of_the_apps(app, desk, phone, ada, told):
    with app.app_context():
        publish(UserDeactivated(user_id=ada.id))
        db.session.commit()
    both = sorted([desk.session_id, phone.session_id])
    assert told() == [both, both]


def test_an_account_beside_another_is_told_of_when_it_signs_out(desk, make, ada, told):
    grace = make.users.account()
    desk.browser.open("/login?switch=1")
    desk.browser.submit(username=grace.email, password=PASSWORD)
    assert told() == [[], []]
    desk.browser.open("/login/select")
    desk.browser.submit("/login/select", sign_out=ada.id)
    assert told() == [[desk.session_id], [desk.session_id]]


def test_somebody_else_who_signs_in_by_a_script_ends_the_session_before(
    desk, make, told
):
    grace = make.users.account()
    token = desk.browser.http.get("/auth/csrf/token").json["token"]
    typed = {"login": grace.email, "password": PASSWORD, "cookies": True}
    headers = {"X-CSRF-Token": token}
    answer = desk.browser.http.post("/auth/login", json=typed, headers=headers)
    assert answer.status_code == 200
    assert told() == [[desk.session_id], [desk.session_id]]


def test_signing_in_again_tells_nobody(desk, ada, told):
    desk.browser.open("/login?switch=1")
    desk.browser.submit(username=ada.email, password=PASSWORD)
    assert told() == [[], []]


def test_apps_whose_access_was_revoked_are_told_too(app, desk, ada, told):
    with app.app_context():
        publish(PasswordChanged(user_id=ada.id))
        db.session.commit()
    desk.browser.open("/logout")
    desk.browser.submit()
    assert told() == [[desk.session_id], [desk.session_id]]


def test_what_is_rolled_back_is_not_told(app, desk, ada, told):
    with app.app_context():
        publish(UserDeactivated(user_id=ada.id))
        db.session.rollback()
    assert told() == [[], []]
    assert log_of(app) == []
