"""Which policy holds, seen by what it does to sign-up, sign-in and sessions."""

import pytest
from sqlalchemy import func, select

from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.sign_in.links import LinkNotAllowed
from idp.accounts.users import get_user
from idp.app import create_app
from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.models import LogoutDelivery
from idp.ops.processes.cache_watch import CacheWatch
from idp.security.requester import Requester
from tests.api.callers import Program, declined, problem
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

DISCOVERY = "/.well-known/openid-configuration"
HOUR = 3600


@pytest.fixture
def program(app, http):
    return Program(app.test_client(use_cookies=False))


def live(browser):
    browser.open("/account")
    return browser.response.request.path == "/account"


def signed_in(browser, make, *, remember=False, **declared):
    account = make.users.account(**declared)
    browser.use_cookie(make.browsers.session(account, remember=remember))
    return account


class TestRegistration:
    def test_it_closes_and_opens_sign_up(self, browser, http, program, make):
        make.policies.decide(registration="closed")
        browser.open("/login")
        assert "/register" not in browser.response.text
        assert browser.open("/register").status_code == 403
        answer = program.post(
            "/auth/register", {"email": "a@b.example", "password": PASSWORD}
        )
        assert problem(answer) == (403, "registration_closed")
        assert "create" not in http.get(DISCOVERY).json["prompt_values_supported"]
        make.policies.decide(registration=None)
        assert browser.open("/register").status_code == 200
        assert "create" in http.get(DISCOVERY).json["prompt_values_supported"]

    def test_nobody_signs_up_with_a_password_that_opens_nothing(self, browser, make):
        make.policies.decide(sign_in_methods=["link"])
        assert browser.open("/register").status_code == 403


class TestTheEnvironmentWins:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "open", "IDP_SESSION_IDLE_SECONDS": "3600"}

    def test_a_row_from_before_says_nothing(self, app, browser, make, settings):
        with app.app_context():
            db.session.execute(
                db.text(
                    "INSERT INTO policies "
                    "(scope, scope_id, key, value, updated_by, updated_at) VALUES "
                    "('instance', '', 'registration', '\"closed\"', NULL, :now)"
                ),
                {"now": "2026-05-01 12:00:00"},
            )
            db.session.commit()
        assert browser.open("/register").status_code == 200

    def test_a_narrower_policy_may_be_stricter_still(self, browser, make, clock):
        make.policies.decide("role", "support", session_idle_seconds=600)
        make.policies.decide("role", "auditor", session_idle_seconds=7200)
        signed_in(browser, make, roles=["support"])
        clock.tick(seconds=601)
        assert not live(browser)
        signed_in(browser, make, roles=["auditor"])
        clock.tick(seconds=3601)
        assert not live(browser)


class TestSessions:
    def test_one_ends_sooner_under_a_stricter_policy(self, browser, make, clock):
        make.policies.decide(session_lifetime_seconds=HOUR)
        signed_in(browser, make)
        clock.tick(minutes=59)
        assert live(browser)
        clock.tick(minutes=1)
        assert not live(browser)

    @pytest.mark.parametrize("remember", [False, True])
    def test_the_strictest_of_instance_and_role_bounds_it(
        self, browser, make, clock, remember
    ):
        make.policies.decide(
            session_lifetime_seconds=3 * HOUR, session_idle_seconds=3 * HOUR
        )
        make.policies.decide("role", "admin", session_lifetime_seconds=2 * HOUR)
        for account, hours in (
            (make.users.account(roles=["admin"]), 2),
            (make.users.account(), 3),
        ):
            token = make.browsers.session(account, remember=remember)
            browser.use_cookie(token)
            clock.tick(hours=hours, seconds=-1)
            assert live(browser)
            clock.tick(seconds=1)
            assert not live(browser)

    def test_a_longer_one_than_the_default_may_be_allowed(self, browser, make, clock):
        make.policies.decide(
            session_lifetime_seconds=48 * HOUR, session_idle_seconds=40 * HOUR
        )
        signed_in(browser, make)
        clock.tick(hours=39)
        assert live(browser)
        clock.tick(hours=8)
        assert live(browser)
        clock.tick(hours=1)
        assert not live(browser)

    @pytest.mark.parametrize("remember", [False, True])
    def test_it_keeps_the_idle_time_that_it_began_with(
        self, browser, make, clock, remember
    ):
        make.policies.decide(session_idle_seconds=600)
        signed_in(browser, make, remember=remember)
        make.policies.decide(session_idle_seconds=None)
        for _ in range(3):
            clock.tick(seconds=599)
            assert live(browser)
        clock.tick(seconds=600)
        assert not live(browser)

    def test_a_refresh_is_not_judged_anew(self, http, make, clock, app):
        person = make.users.signed_in_person()
        spa = make.clients.spa()
        token = make.tokens.refresh_token(spa, person=person, scope="openid")
        make.policies.decide(session_lifetime_seconds=60, session_idle_seconds=60)
        clock.tick(minutes=30)
        form = {"grant_type": "refresh_token", "client_id": spa.client_id}
        answer = http.post("/oauth2/token", data=form | {"refresh_token": token})
        assert answer.status_code == 200

    def test_a_program_without_cookies_idles_out_by_policy_too(
        self, program, make, clock
    ):
        make.clients.spa()
        make.policies.decide(session_idle_seconds=600)
        program.sign_in(make.users.account())
        clock.tick(seconds=599)
        assert program.get("/auth/me").status_code == 200
        clock.tick(seconds=601)
        assert program.get("/auth/me").status_code == 401


class TestMaxSessions:
    def test_one_more_ends_the_oldest_alone(self, make, another_browser, clock):
        make.policies.decide(max_sessions=2)
        ada, eve = make.users.account(), make.users.account()
        browsers = [another_browser() for _ in range(4)]
        for browser, account in zip(browsers, [ada, eve, ada, ada], strict=True):
            browser.sign_in(account.email, account.password)
            clock.tick(seconds=1)
        assert [live(browser) for browser in browsers] == [False, True, True, True]
        ended = make.records.audited("session.revoked")
        assert ended == [("ok", ada.id)]

    def test_signing_in_again_in_the_same_browser_ends_nothing(
        self, make, another_browser, clock
    ):
        make.policies.decide(max_sessions=2)
        ada = make.users.account()
        browsers = [another_browser() for _ in range(2)]
        for browser in [*browsers, browsers[0], browsers[0]]:
            browser.open("/login?switch=1")
            browser.submit(username=ada.email, password=ada.password)
            clock.tick(seconds=1)
        assert all(map(live, browsers))

    def test_all_that_are_too_many_end_where_a_role_allows_one(
        self, make, another_browser, clock
    ):
        ada = make.users.account(roles=["admin"])
        browsers = [another_browser() for _ in range(4)]
        for browser in browsers[:3]:
            browser.sign_in(ada.email, ada.password)
            clock.tick(seconds=1)
        make.policies.decide("role", "admin", max_sessions=1)
        browsers[3].sign_in(ada.email, ada.password)
        assert [live(browser) for browser in browsers] == [False] * 3 + [True]

    def test_what_hangs_on_the_oldest_ends_with_it(self, make, http, program, app):
        make.clients.spa()
        make.policies.decide(max_sessions=1)
        ada = make.users.account()
        first = program.sign_in(ada)
        program.sign_in(ada)
        body = {"refresh_token": first["refresh_token"]}
        assert program.post("/auth/refresh", body).status_code == 401

    def test_apps_hear_that_the_oldest_has_ended(self, make, another_browser, app):
        make.policies.decide(max_sessions=1)
        ada, told = make.users.account(), "https://app.example/logged-out"
        diary = make.clients.spa(first_party=True, backchannel_logout_uri=told)
        first = another_browser()
        first.sign_in(ada.email, ada.password)
        client = RelyingParty(first.http, diary)
        assert client.finish(client.ask()).tokens
        another_browser().sign_in(ada.email, ada.password)
        with app.app_context():
            sent = db.session.scalars(select(LogoutDelivery.client_id)).all()
        assert sent == [diary.client_id]


class TestSignInMethods:
    def test_the_right_password_is_told_that_it_is_no_way_in(
        self, browser, program, make
    ):
        ada = make.users.account(roles=["admin"])
        make.policies.decide("role", "admin", sign_in_methods=["link"])
        body = {"login": ada.email, "password": ada.password}
        assert declined(program.post("/auth/login", body)) == "method_not_allowed"
        wrong = body | {"password": "not the password"}
        assert declined(program.post("/auth/login", wrong)) == "invalid_credentials"
        browser.sign_in(ada.email, ada.password)
        assert "can’t sign in here with a password" in browser.text
        assert not live(browser)
        browser.open(make.users.sign_in_link(ada))
        browser.submit()
        assert live(browser)

    def test_a_link_that_is_not_allowed_signs_nobody_in(self, browser, make):
        ada = make.users.account()
        link = make.users.sign_in_link(ada)
        make.policies.decide(sign_in_methods=["password"])
        assert browser.open(link).status_code == 400
        make.policies.decide(sign_in_methods=None)
        browser.open(link)
        make.policies.decide(sign_in_methods=["password"])
        assert browser.submit().status_code == 400
        assert not live(browser)
        browser.sign_in(ada.email, ada.password)
        assert live(browser)

    def test_no_link_is_made_that_would_open_nothing(self, make):
        make.policies.decide("role", "admin", sign_in_methods=["password"])
        make.users.sign_in_link(make.users.account())
        with pytest.raises(LinkNotAllowed):
            make.users.sign_in_link(make.users.account(roles=["admin"]))

    def test_a_reset_signs_nobody_in_where_links_are_not_allowed(
        self, http, program, make
    ):
        make.clients.spa()
        make.policies.decide(sign_in_methods=["password"])
        ada, new = make.users.account(), "seven loud geese in the rain"
        program.post("/api/auth/reset/request", {"email": ada.email})
        token = make.records.mail_to(ada.email).token
        body = {"token": token, "password": new, "confirmPassword": new}
        answer = program.post("/api/auth/reset/submit", body)
        assert declined(answer) == "method_not_allowed"
        login = {"email": ada.email, "password": new}
        assert program.post("/api/auth/login", login).json["status"] == "ok"


def test_another_node_hears_of_it(app, http, settings, make, browser):
    made = create_app(settings)
    made.test_client_class = app.test_client_class
    elsewhere = made.test_client()
    headers = {"Accept": "text/html"}
    CacheWatch(made).look()
    assert elsewhere.get("/register", headers=headers).status_code == 200
    make.policies.decide(registration="closed")
    CacheWatch(made).look()
    assert elsewhere.get("/register", headers=headers).status_code == 403
    with made.app_context():
        db.engine.dispose()


def test_policies_cost_no_statement_once_they_are_known(
    app, make, statements, browser, another_browser
):
    make.policies.decide(
        session_idle_seconds=600, sign_in_methods=["password"], registration="closed"
    )
    make.policies.decide("role", "admin", session_lifetime_seconds=600)
    ada = make.users.account(roles=["admin"])

    def begin():
        with app.app_context():
            user = SessionUser.of(get_user(ada.id))
            with statements() as seen:
                start_session(
                    user,
                    proofs=(Proof(Method.PASSWORD, utcnow()),),
                    request=SessionRequest(Requester()),
                )
            db.session.rollback()
            return seen

    begin()
    assert begin() == ["INSERT"]


def test_a_policy_of_an_organization_asks_nothing_at_sign_in(app, make, statements):
    ada = make.users.account()
    organization = make.organizations.organization(ada)
    make.policies.decide("organization", organization, session_idle_seconds=600)
    with app.app_context():
        user = SessionUser.of(get_user(ada.id))
        for _ in range(2):
            with statements() as seen:
                start_session(
                    user,
                    proofs=(Proof(Method.PASSWORD, utcnow()),),
                    request=SessionRequest(Requester()),
                )
        assert seen == ["INSERT"]
        assert db.session.scalar(select(func.count()).select_from(BrowserSession)) == 2
