"""Everything that is held about a person, in one file."""

import json

import pytest
from sqlalchemy import select

from idp.accounts.models import BrowserSession, User
from idp.core.db import db


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com", name="Ada Lovelace")


@pytest.fixture
def page(browser, ada):
    """A browser in which Ada has just signed in."""
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/data")
    return browser


def export(browser):
    """Press the button and return the answer."""
    return browser.submit("/account/data/export")


def test_the_file_is_json_to_keep(page):
    answer = export(page)
    assert answer.mimetype == "application/json"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="account.json"'
    assert answer.json["issuer"] == "https://idp.example"


def test_every_column_of_the_account_is_in_it_but_the_hashes(app, page, ada):
    (held,) = export(page).json["account"]
    with app.app_context():
        row = db.session.execute(select(User.__table__).where(User.id == ada.id)).one()
    assert set(held) == set(row._mapping) - {"password_hash", "registration_digest"}
    assert held["email"] == ada.email
    assert held["name"] == "Ada Lovelace"
    assert held["created_at"] == row.created_at.isoformat()


def test_sessions_events_and_mails_are_in_it(page, make, ada):
    page.open("/account/email")
    page.submit("/account/email", new_email="new@example.com")
    page.open("/account/data")
    held = export(page).json
    assert held["sessions"][0]["ip"] == "127.0.0.1"
    assert "login.ok" in [event["event"] for event in held["security_events"]]
    assert {mail["recipient"] for mail in held["mails"]} == {
        ada.email,
        "new@example.com",
    }
    assert held["email_changes"][0]["new_email"] == "new@example.com"
    assert held["memberships"][0]["roles"] == "owner"
    assert held["organizations"][0]["name"] == "Ada Lovelace"


def test_all_addresses_are_in_it(page, make, ada):
    make.users.further_email(ada, "second@example.com")
    page.open("/account/emails")
    page.submit("/account/emails", email="waiting@example.com")
    page.open("/account/data")
    held = export(page).json
    assert {row["email"]: row["email_key"] for row in held["addresses"]} == {
        ada.email: ada.email,
        "second@example.com": "second@example.com",
        "waiting@example.com": None,
    }
    assert "waiting@example.com" in [mail["recipient"] for mail in held["mails"]]


def test_what_apps_may_do_is_in_it(page, make, ada):
    client = make.clients.spa(scope="openid profile")
    make.clients.consent(ada, client, "openid profile")
    held = export(page).json
    assert held["consents"][0]["client_id"] == client.client_id
    assert held["consents"][0]["scope"] == "openid profile"


def test_nothing_in_it_is_a_way_in(app, page, make, ada):
    make.users.sign_in_link(ada)
    page.open("/account/email")
    page.submit("/account/email", new_email="new@example.com")
    page.open("/account/data")
    text = json.dumps(export(page).json)
    assert make.records.user_row(ada.id)["password_hash"] not in text
    assert make.records.mail_to("new@example.com").token not in text
    with app.app_context():
        assert db.session.scalar(select(BrowserSession.token_digest)) not in text


def test_nothing_of_others_is_in_it(page, make):
    grace = make.users.account("grace@example.com", name="Grace Hopper")
    make.browsers.session(grace)
    text = json.dumps(export(page).json)
    assert grace.id not in text
    assert "grace" not in text.lower()


def test_of_invites_only_those_to_a_proven_address_are_in_it(page, make, ada):
    inviter = make.users.account("boss@example.com")
    make.invites.invite(ada.email, by=inviter.id, send=False)
    make.invites.invite("byron@waiting.example", send=False)
    page.open("/account/emails")
    page.submit("/account/emails", email="byron@waiting.example")
    page.open("/account/data")
    told = export(page).json["invites"]
    assert [each["email"] for each in told] == [ada.email]
    assert inviter.id not in json.dumps(told)
    assert "digest" not in told[0]


def test_it_needs_a_fresh_proof_of_identity(page, ada, clock):
    clock.tick(minutes=11)
    page.open("/account/data")
    export(page)
    assert page.title == "Confirm it’s you – idp"
    page.submit(password=ada.password)
    assert page.title == "Your data – idp"
    assert export(page).mimetype == "application/json"


def test_it_is_noted(page, make, ada):
    export(page)
    assert make.records.audited("account.exported") == [("ok", ada.id)]


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_sign_up_with_the_address_is_in_it_without_what_opens_it(
    page, http, ada, environ
):
    body = {"email": ada.email, "password": "seven loud geese in the rain"}
    assert http.post("/auth/register", json=body).status_code == 202
    (held,) = export(page).json["pending_registrations"]
    assert held["email"] == ada.email
    hidden = {"password_hash", "token_digest", "code_mac", "registration_digest"}
    assert hidden.isdisjoint(held)


def test_groups_roles_and_apps_that_are_open_to_them_are_in_it(page, make, ada):
    make.groups.group("ops", ada.id)
    people = {"users": [ada.id]}
    client = make.clients.spa(
        app_roles=[{"name": "editor"} | people], access={"roles": []} | people
    )
    held = export(page).json
    assert [each["name"] for each in held["groups"]] == ["ops"]
    (role,) = held["app_roles"]
    assert (role["client_id"], role["name"]) == (client.client_id, "editor")
    assert [each["client_id"] for each in held["app_access"]] == [client.client_id]
