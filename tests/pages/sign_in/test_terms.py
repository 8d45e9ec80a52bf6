"""Terms that are in force are accepted at sign-up, or before anything else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from idp.accounts.models import TermsAcceptance
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from tests.architecture.routes import ROUTES
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

TERMS, PRIVACY = "https://acme.example/terms", "https://acme.example/privacy"
BOTH = "terms=2 privacy=1"
GRACE = "grace@example.com"
NEW = {"email": GRACE, "password": PASSWORD}
OWN = ("/terms", "/account/confirm", "/account/data")

acceptances = table_of(TermsAcceptance)


@pytest.fixture
def environ():
    return {
        "IDP_TERMS_URL": TERMS,
        "IDP_TERMS_VERSION": "2",
        "IDP_PRIVACY_URL": PRIVACY,
    }


@pytest.fixture
def accepted(app, make):
    """Return a function that tells what the user of an address has accepted."""

    def accepted_by(email):
        columns = (acceptances.c.document, acceptances.c.version)
        own = acceptances.c.user_id == make.records.user_id_of(email)
        with app.app_context():
            return {
                tuple(row) for row in db.session.execute(select(*columns).where(own))
            }

    return accepted_by


ALL = {("terms", "2"), ("privacy", "1")}


def here(browser):
    return browser.response.request.path


def test_nobody_signs_up_without_a_yes(browser, make, accepted):
    browser.open("/register")
    assert f'href="{TERMS}"' in browser.response.text
    assert "checked" not in browser.response.text
    browser.submit("/register", **NEW)
    assert "To go on, accept what is linked here." in browser.text
    assert make.records.user_id_of(GRACE) is None
    browser.submit("/register", **NEW, accept_terms=BOTH)
    assert here(browser) == "/email-verification"
    assert accepted(GRACE) == ALL


def test_a_yes_counts_for_the_versions_that_the_page_showed(browser, make):
    browser.open("/register")
    browser.submit("/register", **NEW, accept_terms="terms=1 privacy=1")
    assert "To go on, accept what is linked here." in browser.text
    assert make.records.user_id_of(GRACE) is None


def test_who_joins_by_an_invite_accepts_them(browser, make, accepted):
    browser.open(make.invites.invite(GRACE))
    browser.submit("/invite", name="Grace")
    assert make.records.user_id_of(GRACE) is None
    browser.submit("/invite", name="Grace", accept_terms=BOTH)
    assert accepted(GRACE) == ALL


def test_no_other_page_of_a_session_opens(browser, make):
    ada = make.users.account(roles=["owner"])
    browser.sign_in(ada.email, ada.password)
    assert here(browser) == "/terms"
    for route in ROUTES:
        if (route.method, route.face, route.caller) != ("GET", "page", "session"):
            continue
        path = re.sub("<[^>]+>", "some-id", route.path)
        answer = browser.http.get(path, headers={"Accept": "text/html"})
        led = answer.status_code == 303 and answer.location.startswith("/terms?")
        assert led or path.startswith(OWN), path


def test_an_app_waits_until_they_are_accepted(browser, make, accepted):
    ada, rp = make.users.account(), RelyingParty(browser.http, make.clients.spa())
    browser.follow(rp.ask())
    browser.submit(username=ada.email, password=ada.password)
    assert here(browser) == "/terms"
    assert "to continue to Notes" in browser.text
    error = rp.ask(prompt="none")
    assert "error=interaction_required" in error.location
    browser.submit("/terms", accept_terms=BOTH)
    assert accepted(ada.email) == ALL
    assert make.records.audited("terms.accepted") == [("ok", ada.id)] * 2
    assert here(browser) == "/consent"
    browser.open("/account/data")
    assert "accepted on" in browser.text


def test_a_new_version_is_asked_for_with_the_day_of_the_last(app, browser, make):
    ada = make.users.account()
    row = {"user_id": ada.id, "accepted_at": utcnow() - timedelta(days=400)}
    before = [
        row | {"document": "terms", "version": "1"},
        row | {"document": "privacy", "version": "1"},
    ]
    with app.app_context():
        db.session.execute(insert(acceptances), before)
        db.session.commit()
    browser.sign_in(ada.email, ada.password)
    assert browser.title.startswith("Our terms have changed")
    assert "You accepted an earlier version on" in browser.text
    assert browser.response.text.count(PRIVACY) == 1, "at the foot of each page"
    browser.submit("/terms", accept_terms=BOTH)
    assert here(browser) == "/account"


def test_who_declines_is_signed_out_and_loses_nothing(browser, make, accepted):
    ada = make.users.account()
    browser.sign_in(ada.email, ada.password)
    browser.submit("/terms/decline")
    assert here(browser) == "/terms/declined"
    assert "your account and your data stay as they are" in browser.text
    assert browser.cookie() is None
    assert accepted(ada.email) == set()


def test_what_a_stranger_accepted_is_not_the_owners(
    browser, another_browser, make, accepted
):
    browser.open("/register")
    browser.submit("/register", **NEW, accept_terms=BOTH)
    owner = another_browser()
    owner.open(make.records.mail_to(GRACE).link)
    owner.submit()
    assert accepted(GRACE) == set()


def test_an_operator_sees_what_was_accepted(app, browser, make):
    ada, ben = (
        make.users.account(roles=["owner"]),
        make.users.account("ben@example.com"),
    )
    row = {"document": "terms", "version": "2", "accepted_at": utcnow()}
    with app.app_context():
        rows = [row | {"user_id": each.id} for each in (ada, ben)]
        rows.append(rows[0] | {"document": "privacy", "version": "1"})
        db.session.execute(insert(acceptances), rows)
        db.session.commit()
    browser.sign_in(ada.email, ada.password)
    browser.open(f"/admin/users/{ben.id}")
    assert "accepted on" in browser.text
    account = browser.http.get(f"/api/accounts/{ben.id}").json
    assert [(each["document"], each["version"]) for each in account["accepted"]] == [
        ("terms", "2")
    ]
