"""What policies want of users who come to a client."""

import pytest

from idp.core.db import db
from idp.oauth.clients.edits.deletion import delete_client
from tests.hosted_pages import follow, press
from tests.make_users import PASSWORD
from tests.oauth.devices import Device, type_code
from tests.rp import RelyingParty

HOUR = 3600


@pytest.fixture
def clients(make):
    """Two apps; policies are for the first."""
    return [make.clients.spa(first_party=True) for _ in range(2)]


@pytest.fixture
def apps(http, clients):
    return [RelyingParty(http, client) for client in clients]


def path(response):
    return response.request.path


class TestUnconfirmedAddresses:
    @pytest.fixture
    def environ(self):
        return {"IDP_REQUIRE_VERIFIED_EMAIL": "false"}

    def test_they_wait_at_the_client_that_wants_them_confirmed(
        self, browser, make, clients
    ):
        make.policies.decide(
            "client", clients[0].client_id, require_verified_email=True
        )
        strict, lax = (RelyingParty(browser.http, client) for client in clients)
        ada = make.browsers.sign_in(browser.http, email_verified=False).person
        assert lax.finish(lax.ask()).tokens
        browser.follow(strict.ask())
        assert path(browser.response) == "/email-verification"
        browser.submit("/email-verification/resend")
        code = make.records.mail_to(ada.email).code
        answer = browser.submit("/email-verification", code=code)
        assert strict.finish(answer).tokens

    def test_a_mail_is_on_its_way_to_who_will_be_asked_for_its_code(
        self, browser, make, clients
    ):
        ada = make.users.account(email_verified=False)
        browser.sign_in(ada.email, PASSWORD)
        assert make.records.mails_to(ada.email) == []
        make.policies.decide(
            "client", clients[0].client_id, require_verified_email=True
        )
        browser.open("/login?switch=1")
        browser.submit(username=ada.email, password=PASSWORD)
        assert make.records.mail_to(ada.email).code

    def test_they_wait_where_the_users_role_wants_it(self, http, make, apps):
        make.policies.decide("role", "support", require_verified_email=True)
        make.browsers.sign_in(http, email_verified=False, roles=["support"])
        assert path(apps[0].reach()) == "/email-verification"

    def test_a_device_is_not_connected_for_them(self, http, make):
        client = make.clients.device_client()
        make.policies.decide("client", client.client_id, require_verified_email=True)
        make.browsers.sign_in(http, email_verified=False)
        device = Device(http, client)
        page = type_code(http, device.user_code)
        assert path(page) == "/email-verification"
        assert device.error() == "authorization_pending"


def test_a_client_cannot_be_laxer_than_the_server(http, make, clients, apps):
    make.policies.decide("client", clients[0].client_id, require_verified_email=False)
    make.browsers.sign_in(http, email_verified=False)
    assert path(apps[0].reach()) == "/email-verification"


def test_an_old_sign_in_is_repeated_for_the_client_that_wants_a_newer(
    http, make, clients, apps, clock
):
    make.policies.decide("client", clients[0].client_id, session_lifetime_seconds=HOUR)
    strict, lax = apps
    ada = make.browsers.sign_in(http).person
    clock.tick(seconds=HOUR)
    assert strict.finish(strict.ask()).tokens
    clock.tick(seconds=1)
    assert lax.finish(lax.ask()).tokens
    fields = strict.fields_of(strict.ask(prompt="none"))
    assert fields["error"] == "login_required"
    page = strict.reach()
    assert path(page) == "/login"
    form = {"username": ada.email, "password": ada.password}
    answer = follow(http, press(http, page, **form))
    assert strict.finish(answer).tokens


def test_a_policy_that_came_later_is_judged_at_authorization(http, make, apps, clock):
    make.browsers.sign_in(http)
    clock.tick(seconds=HOUR + 1)
    assert apps[0].finish(apps[0].ask()).tokens
    make.policies.decide(session_lifetime_seconds=HOUR)
    assert path(apps[0].reach()) == "/login"


def test_a_device_waits_for_a_new_sign_in(http, make, clock):
    client = make.clients.device_client()
    make.policies.decide("client", client.client_id, session_lifetime_seconds=HOUR)
    make.browsers.sign_in(http)
    clock.tick(seconds=HOUR + 1)
    device = Device(http, client)
    assert path(type_code(http, device.user_code)) == "/login"


def test_who_came_by_a_way_that_a_client_does_not_allow_comes_by_another(
    browser, make, clients, clock
):
    ada = make.users.account()
    make.policies.decide("client", clients[0].client_id, sign_in_methods=["password"])
    strict, lax = (RelyingParty(browser.http, client) for client in clients)
    browser.open(make.users.sign_in_link(ada))
    browser.submit()
    assert lax.finish(lax.ask()).tokens
    page = strict.reach()
    assert path(page) == "/login"
    clock.tick(seconds=1)
    form = {"username": ada.email, "password": ada.password}
    answer = follow(browser.http, press(browser.http, page, **form))
    assert strict.finish(answer).claims["amr"] == ["pwd"]


def test_a_password_is_not_offered_where_the_client_takes_links_alone(
    browser, make, clients
):
    ada = make.users.account()
    make.policies.decide("client", clients[0].client_id, sign_in_methods=["link"])
    browser.sign_in(ada.email, ada.password)
    app = RelyingParty(browser.http, clients[0])
    page = app.reach()
    assert path(page) == "/login"
    assert "sign-in link" in page.text


def test_the_policies_of_a_client_go_with_it(http, app, make, clients, clock):
    client_id = clients[0].client_id
    make.policies.decide("client", client_id, session_lifetime_seconds=60)
    with app.app_context():
        delete_client(client_id)
        db.session.commit()
    again = make.clients.spa(client_id=client_id, first_party=True)
    make.browsers.sign_in(http)
    clock.tick(seconds=61)
    assert RelyingParty(http, again).ask().location.startswith(again.redirect_uri)
