"""Who may sign up by another provider: what policies say of any sign-up holds."""

import pytest

from idp.accounts.lifecycle.approvals import NotPending, approve
from idp.accounts.registration.waitlist.letting_in import let_in
from idp.core.db import db
from tests.rp import RelyingParty

EVE = {"sub": "eve", "email": "eve@example.com", "email_verified": True}


@pytest.fixture
def reasons(caplog):
    """Return why sign-ins were refused, to whomever."""
    caplog.set_level("INFO")
    return lambda: [
        record.members["reason"]
        for record in caplog.records
        if record.getMessage() == "provider.refused"
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        ("waitlist", "New accounts are for people on the waitlist."),
        ("invite", "Accounts here are by invitation."),
        ("closed", "New accounts can’t be created here."),
    ],
)
def test_where_not_everybody_may_no_account_is_made(
    acme, traveller, make, refusal, reasons
):
    mode, words = refusal
    acme(trust_email=True)
    make.policies.decide(registration=mode)
    traveller.sign_in(**EVE)
    assert words in traveller.browser.text
    assert make.records.user_id_of("eve@example.com") is None
    assert reasons() == [f"sign_up_{mode}"]


def test_who_has_an_account_signs_in_all_the_same(acme, traveller, make):
    acme()
    ada = make.users.account("ada@example.com")
    make.providers.link("acme", ada.id, subject="upstream-ada")
    make.policies.decide(registration="closed", registration_domains=["corp.example"])
    traveller.sign_in(sub="upstream-ada", email="ada@example.com")
    assert traveller.signed_in


class TestDomains:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION_DOMAINS": "corp.example"}

    def test_an_address_of_another_is_told_or_typed(
        self, acme, traveller, make, reasons
    ):
        acme(trust_email=True)
        traveller.sign_in(**EVE)
        assert "addresses of certain domains" in traveller.browser.text
        assert reasons() == ["sign_up_domain"]
        traveller.sign_in(sub="eve")
        page = traveller.browser.submit(email="eve@example.com")
        assert "Use an address of your organization" in page.text
        assert make.records.user_id_of("eve@example.com") is None
        traveller.browser.submit(email="eve@corp.example")
        assert make.records.user_id_of("eve@corp.example")


def test_the_policy_of_an_app_counts_on_the_way_there(acme, traveller, make):
    acme(trust_email=True)
    spa = make.clients.spa()
    make.policies.decide("client", spa.client_id, registration="invite")
    traveller.browser.follow(RelyingParty(traveller.browser.http, spa).ask())
    waiting = dict(traveller.browser.page.forms[0].fields)["return_to"]
    traveller.sign_in(waiting, **EVE)
    assert make.records.user_id_of("eve@example.com") is None
    traveller.sign_in(**EVE)
    assert make.records.user_id_of("eve@example.com")


def test_so_does_that_of_the_organization_that_the_app_asks_for(acme, traveller, make):
    acme(trust_email=True)
    engines, spa = make.organizations.organization(slug="engines"), make.clients.spa()
    make.policies.decide("organization", engines, registration="invite")
    asked = RelyingParty(traveller.browser.http, spa).ask(organization="engines")
    traveller.browser.follow(asked)
    waiting = dict(traveller.browser.page.forms[0].fields)["return_to"]
    traveller.sign_in(waiting, **EVE)
    assert "Accounts here are by invitation." in traveller.browser.text
    assert make.records.user_id_of("eve@example.com") is None


@pytest.mark.parametrize("environ", [{"IDP_TERMS_URL": "https://acme.example/terms"}])
def test_terms_that_are_in_force_are_accepted_first(acme, traveller, make):
    acme(trust_email=True)
    traveller.sign_in(**EVE)
    assert traveller.at == "/register/provider"
    traveller.browser.submit()
    assert make.records.user_id_of("eve@example.com") is None
    traveller.browser.submit(accept_terms="terms=1")
    user_id = make.records.user_id_of("eve@example.com")
    assert make.records.audited("terms.accepted") == [("ok", user_id)]
    assert traveller.at == "/account"


class TestApproval:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "approval"}

    def test_an_account_that_a_provider_makes_waits(
        self, app, acme, traveller, make, reasons
    ):
        acme(trust_email=True)
        traveller.sign_in(**EVE)
        assert traveller.at == "/register/pending"
        user_id = make.records.user_id_of("eve@example.com")
        assert make.records.user_row(user_id)["status"] == "pending"
        traveller.sign_in(**EVE)
        assert traveller.at == "/register/pending"
        assert not traveller.signed_in
        assert reasons() == ["approval"]
        with app.app_context():
            approve([user_id], by="operator")
            db.session.commit()
        traveller.sign_in(**EVE)
        assert traveller.signed_in

    def test_with_an_unproven_address_it_is_not_decided_yet(
        self, app, acme, traveller, make
    ):
        acme()
        traveller.sign_in(**EVE)
        user_id = make.records.user_id_of("eve@example.com")
        with app.app_context(), pytest.raises(NotPending):
            approve([user_id], by="operator")
        traveller.browser.open(make.records.mail_to("eve@example.com").link)
        traveller.browser.submit()
        assert traveller.at == "/register/pending"
        with app.app_context():
            assert approve([user_id], by="operator") == [user_id]


class TestFromTheWaitlist:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "waitlist"}

    @pytest.fixture
    def let_eve_in(self, app, make):
        place = make.users.place(EVE["email"])
        with app.app_context():
            let_in([place], by="operator")
            db.session.commit()

    def test_who_was_let_in_signs_up_with_that_address(
        self, acme, traveller, make, let_eve_in
    ):
        acme(trust_email=True)
        traveller.sign_in(sub="bob", email="bob@example.com", email_verified=True)
        assert make.records.user_id_of("bob@example.com") is None
        traveller.sign_in(**EVE)
        assert traveller.signed_in
        opens = make.records.mail_to(EVE["email"]).link
        traveller.forget_session()
        assert traveller.browser.open(opens).status_code == 403

    def test_an_address_that_is_not_proven_lets_nobody_in(
        self, acme, traveller, make, let_eve_in
    ):
        acme()
        traveller.sign_in(**EVE)
        assert make.records.user_id_of(EVE["email"]) is None


def test_nobody_takes_a_reserved_username_there(acme, traveller, make):
    make.policies.decide(fields={"username": "required"})
    acme(trust_email=True)
    traveller.sign_in(**EVE)
    traveller.browser.submit(username="security", name="Eve")
    assert make.records.user_id_of("eve@example.com") is None
