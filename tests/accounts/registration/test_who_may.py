"""Who may sign up, at every door: by the page."""

from urllib.parse import parse_qsl, urlencode

import pytest

from idp.accounts.errors import RegistrationClosed
from idp.accounts.registration.admission import Admission, Opener
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import Registrant, register
from idp.core.db import db
from idp.security.requester import Requester
from tests.hosted_pages import read_page
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

ADDRESS = "ada@example.com"
WORDS = {
    "waitlist": "There’s a waitlist for new accounts",
    "invite": "Accounts here are by invitation",
    "closed": "New accounts can’t be created here.",
}


def send_form(browser, address=ADDRESS, *, path="/register"):
    make_form = {"email": address, "password": PASSWORD, "name": "Ada"}
    token = dict(browser.page.forms[0].fields)["csrf_token"]
    return browser.http.post(
        path,
        data=make_form | {"csrf_token": token},
        headers={"Origin": "https://idp.example"},
    )


@pytest.mark.parametrize("mode", WORDS)
class TestWhereNotEverybodyMay:
    @pytest.mark.parametrize("path", ["/register", "/register/passkey"])
    def test_pages_say_what_is_possible_instead(self, browser, make, mode, path):
        make.policies.decide(registration=mode)
        assert browser.open("/register").status_code == 403
        assert WORDS[mode] in browser.text
        assert "/login" in browser.page.links
        browser.open("/login")
        answer = send_form(browser, path=path)
        assert answer.status_code == 403
        assert WORDS[mode] in answer.text
        assert make.records.user_id_of(ADDRESS) is None

    def test_who_is_invited_is_let_in_unless_all_is_closed(self, app, make, mode):
        make.policies.decide(registration=mode)
        invited = Admission(Opener.INVITE, address=ADDRESS, proves_address=True)
        with app.app_context():
            refused = refusal_at_door(invited)
        assert refused == ("closed" if mode == "closed" else None)


def waiting(browser, client):
    """Open the sign-in page behind which a client waits."""
    browser.follow(RelyingParty(browser.http, client).ask())


def return_to_of(browser):
    """Return what leads back from another page, as a query."""
    return urlencode({"return_to": dict(browser.page.forms[0].fields)["return_to"]})


def refusal_at_door(admission):
    """Sign up with what lets one in; return why that was refused, if it was."""
    try:
        user = register(
            NewAccount(ADDRESS, PASSWORD),
            return_to="",
            requester=Requester("192.0.2.1", "test", "en"),
            by=Registrant("r"),
            admission=admission,
        )
    except RegistrationClosed as refusal:
        return refusal.reason
    assert user.email_verified_at is not None
    db.session.commit()
    return None


def test_the_sign_in_page_says_how_one_becomes_a_user(browser, make):
    make.policies.decide(registration="waitlist")
    assert (
        "There’s a waitlist for new accounts." in read_page(browser.open("/login")).text
    )
    make.policies.decide(registration="invite")
    assert "New accounts are by invitation." in browser.open("/login").text
    assert "/register" not in browser.page.links
    make.policies.decide(registration="closed")
    assert "New here?" not in browser.open("/login").text


class TestDomains:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION_DOMAINS": "corp.example, lab.example"}

    def test_the_page_says_so_beside_the_address(self, browser, make):
        browser.open("/register")
        answer = send_form(browser)
        assert answer.status_code == 403
        assert "New accounts are for addresses of certain domains." in answer.text
        assert ADDRESS in answer.text
        assert send_form(browser, "ada@corp.example").status_code == 303

    def test_a_narrower_policy_leaves_what_both_name(self, browser, make):
        spa = make.clients.spa()
        both = ["lab.example", "x.example"]
        make.policies.decide("client", spa.client_id, registration_domains=both)
        waiting(browser, spa)
        browser.open(f"/register?{return_to_of(browser)}")
        for address in ("ada@corp.example", "ada@x.example"):
            assert browser.send(email=address, password=PASSWORD).status_code == 403
        made = browser.send(email="ada@lab.example", password=PASSWORD)
        assert made.status_code == 303


class TestAtAnApp:
    @pytest.fixture
    def narrowed(self, make):
        spa = make.clients.spa()
        make.policies.decide("client", spa.client_id, registration="invite")
        return spa

    def test_its_policy_narrows_who_signs_up_on_the_way_there(
        self, browser, make, narrowed
    ):
        waiting(browser, narrowed)
        assert "New accounts are by invitation." in browser.text
        refused = browser.open(f"/register?{return_to_of(browser)}")
        assert refused.status_code == 403
        assert browser.open("/register").status_code == 200

    @pytest.mark.parametrize("by", ["id", "slug"])
    def test_so_does_the_policy_of_the_organization_that_it_asks_for(
        self, browser, make, by
    ):
        engines, spa = (
            make.organizations.organization(slug="engines"),
            make.clients.spa(),
        )
        make.policies.decide("organization", engines, registration="invite")
        named = {"id": engines, "slug": "engines"}[by]
        browser.follow(RelyingParty(browser.http, spa).ask(organization=named))
        assert "New accounts are by invitation." in browser.text
        way = return_to_of(browser)
        assert browser.open(f"/register?{way}").status_code == 403
        browser.open("/register")
        refused = browser.send(email=ADDRESS, password=PASSWORD, **dict(parse_qsl(way)))
        assert refused.status_code == 403
        assert make.records.user_id_of(ADDRESS) is None

    def test_who_is_sent_to_create_an_account_comes_back(self, browser, narrowed):
        answer = RelyingParty(browser.http, narrowed).ask(prompt="create")
        assert "error=invalid_request" in answer.location

    def test_it_opens_nothing_that_is_closed_here(self, browser, make):
        spa = make.clients.spa()
        make.policies.decide(registration="closed")
        make.policies.decide("client", spa.client_id, registration="open")
        waiting(browser, spa)
        refused = browser.open(f"/register?{return_to_of(browser)}")
        assert refused.status_code == 403
