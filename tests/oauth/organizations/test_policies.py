"""Policies of an organization: they hold in its context, and nowhere else."""

import pytest

from tests.oauth.calls import refresh
from tests.rp import RelyingParty

pytestmark = pytest.mark.usefixtures("clock")
SCOPE = "openid organizations offline_access"
HOUR = 3600


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    return make.organizations.organization(ada, name="Acme", slug="acme")


@pytest.fixture
def bureau(make, ada):
    return make.organizations.organization(ada, name="Bureau")


@pytest.fixture
def demand(make, acme):
    """Decide something for the organization."""

    def decide(**values):
        make.policies.decide("organization", acme, **values)

    return decide


@pytest.fixture
def here(browser, make, ada, acme):
    """An app of the operator's own, at which the organization can be chosen."""
    make.browsers.sign_in(browser.http, person=ada)
    return app_at(browser, make)


def app_at(browser, make, **metadata) -> RelyingParty:
    declared = {"scope": SCOPE, "organization": "optional"} | metadata
    return RelyingParty(browser.http, make.clients.own_app(**declared), scope=SCOPE)


def path(response) -> str:
    return response.request.path


def without(browser, rp):
    """Go on without an organization, where it is asked."""
    page = browser.follow(rp.ask())
    if path(page) == "/login/organization":
        return browser.submit("/login/organization", organization="none")
    return page


def silently(rp, **asked) -> str:
    return rp.fields_of(rp.ask(prompt="none", **asked)).get("error", "")


class TestFactors:
    def test_one_is_shown_on_the_way_in_and_nowhere_else(
        self, browser, here, demand, make
    ):
        make.policies.decide(email_code="on")
        demand(second_factor="required")
        assert "org_id" not in here.finish(without(browser, here)).claims
        assert path(browser.open("/account")) == "/account"
        assert silently(here, organization="acme") == "login_required"
        page = browser.follow(here.ask(organization="acme"))
        assert path(page) == "/login/second-factor"
        browser.submit(f"{path(page)}/mail")
        code = make.records.mail_to("ada@example.com").code
        done = here.finish(browser.submit(path(page), code=code))
        assert done.claims["amr"] == ["otp", "pwd"]

    def test_the_choice_is_the_sessions_when_it_has_what_is_wanted(
        self, browser, here, demand, acme, make
    ):
        demand(second_factor="required")
        browser.follow(here.ask())
        page = browser.submit("/login/organization", organization=acme)
        assert path(page) == "/account/second-factor"
        assert path(browser.open("/account")) == "/account"
        demand(second_factor="optional")
        page = browser.follow(here.ask())
        done = here.finish(browser.submit("/login/organization", organization=acme))
        assert done.claims["org_id"] == acme
        demand(second_factor="required")
        assert path(browser.open("/account")) == "/account/second-factor"
        other = app_at(browser, make, organization="none")
        assert "org_id" not in other.finish(other.ask()).claims

    def test_a_browser_is_not_trusted_where_fewer_days_are_allowed(
        self, browser, here, demand, make, ada
    ):
        make.factors.totp(ada)
        make.browsers.sign_in(browser.http, person=ada, by="password trusted_browser")
        assert here.finish(without(browser, here)).tokens
        assert here.finish(here.ask(organization="acme")).tokens
        demand(trusted_browser_days=0)
        assert silently(here, organization="acme") == "login_required"
        assert here.finish(without(browser, here)).tokens


class TestLengths:
    def test_an_old_sign_in_is_renewed_for_it(self, browser, here, demand, ada, clock):
        demand(session_lifetime_seconds=HOUR)
        kept = here.finish(here.ask(organization="acme")).tokens
        apart = here.finish(without(browser, here)).tokens
        clock.tick(seconds=HOUR + 1)
        assert here.finish(without(browser, here)).tokens
        assert here.refresh(apart["refresh_token"])["access_token"]
        spent = refresh(browser.http, here.client, kept["refresh_token"])
        assert spent.json["error"] == "invalid_grant"
        assert silently(here, organization="acme") == "login_required"
        assert path(browser.follow(here.ask(organization="acme"))) == "/login"
        answer = browser.submit(username=ada.email, password=ada.password)
        assert here.finish(answer).tokens

    def test_a_policy_that_came_later_ends_what_was_given_there(
        self, browser, here, demand, clock
    ):
        kept = here.finish(here.ask(organization="acme")).tokens["refresh_token"]
        apart = here.finish(without(browser, here)).tokens["refresh_token"]
        clock.tick(seconds=HOUR + 1)
        demand(session_lifetime_seconds=HOUR)
        answer = refresh(browser.http, here.client, kept)
        assert answer.json["error"] == "invalid_grant"
        assert here.refresh(apart)["access_token"]

    def test_what_lay_unused_ends_there(self, browser, here, demand, clock):
        demand(session_idle_seconds=600)
        kept = here.finish(here.ask(organization="acme")).tokens["refresh_token"]
        apart = here.finish(without(browser, here)).tokens["refresh_token"]
        clock.tick(seconds=599)
        kept = here.refresh(kept)["refresh_token"]
        clock.tick(seconds=601)
        browser.open("/account")
        assert here.refresh(apart)["access_token"]
        answer = refresh(browser.http, here.client, kept)
        assert answer.json["error"] == "invalid_grant"
        assert silently(here, organization="acme") == "login_required"
        assert here.finish(without(browser, here)).tokens


class TestWays:
    def test_a_way_that_is_not_allowed_is_taken_elsewhere(
        self, browser, here, demand, ada, clock
    ):
        demand(sign_in_methods=["passkey", "link"])
        assert here.finish(without(browser, here)).tokens
        page = browser.follow(here.ask(organization="acme"))
        assert path(page) == "/login"
        assert 'name="password"' not in page.text

    def test_the_word_of_another_provider_opens_nothing(
        self, browser, here, demand, make, ada
    ):
        make.providers.provider("corp")
        demand(allowed_providers=["corp"])
        for by, open_ in (("provider:corp", True), ("provider:other", False)):
            make.browsers.sign_in(browser.http, person=ada, by=by)
            assert here.finish(without(browser, here)).tokens
            told = silently(here, organization="acme")
            assert told == ("" if open_ else "login_required")


class TestAllowedApps:
    def test_others_are_refused_with_a_page_that_says_so(
        self, browser, here, demand, make, acme
    ):
        other = app_at(browser, make)
        demand(allowed_clients=[other.client.client_id])
        assert other.finish(other.ask(organization="acme")).claims["org_id"] == acme
        assert silently(here, organization="acme") == "access_denied"
        page = browser.follow(here.ask(organization="acme"))
        assert path(page) == "/no-access"
        assert "Acme does not allow" in browser.text
        assert here.fields_of(browser.send())["error"] == "access_denied"
        assert here.finish(without(browser, here)).tokens

    def test_the_chooser_offers_only_where_the_app_is_allowed(
        self, browser, here, demand, make, bureau
    ):
        strict = app_at(browser, make, organization="required")
        demand(allowed_clients=[here.client.client_id])
        assert strict.finish(strict.ask()).claims["org_id"] == bureau
        make.policies.decide(
            "organization", bureau, allowed_clients=[here.client.client_id]
        )
        assert path(browser.follow(strict.ask())) == "/no-access"
        browser.follow(here.ask())
        assert "Acme" in browser.text

    def test_a_refresh_is_refused_when_it_has_changed(
        self, browser, here, demand, make
    ):
        other = make.clients.own_app(scope="openid")
        kept = here.finish(here.ask(organization="acme")).tokens["refresh_token"]
        apart = here.finish(without(browser, here)).tokens["refresh_token"]
        demand(allowed_clients=[other.client_id])
        answer = refresh(browser.http, here.client, kept)
        assert answer.json["error"] == "invalid_grant"
        assert "does not allow" in answer.json["error_description"]
        assert here.refresh(apart)["access_token"]
        demand(allowed_clients=None)
        assert here.refresh(kept)["access_token"]
