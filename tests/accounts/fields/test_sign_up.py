"""Every door that makes an account asks for what policies and attributes want."""

import json

import pytest

from idp.accounts import mail_answers
from idp.accounts.registration.waitlist import places
from idp.accounts.registration.waitlist.letting_in import let_in_next
from idp.core.db import db
from tests.api.callers import fields
from tests.authenticator import Authenticator
from tests.make_users import PASSWORD

ADA = "ada@example.org"
GIVEN = {"given_name": "Ada", "birthdate": "1815-12-10", "attributes.plan": "paid"}
IN_JSON = {
    "given_name": "Ada",
    "birthdate": "1815-12-10",
    "attributes": {"plan": "paid"},
}
MISSING = {
    "given_name": "required",
    "birthdate": "required",
    "attributes.plan": "required",
}


@pytest.fixture(autouse=True)
def asked(make):
    """What has to be told here, and what may be."""
    make.attributes.define("plan", required_at="register", label={"en": "Your plan"})
    make.attributes.define("news", "boolean")
    make.attributes.define("later", required_at="sign_in")
    make.policies.decide(
        fields={
            "given_name": "required",
            "birthdate": "required",
            "news": "optional",
            "gender": "hidden",
            "username": "hidden",
        }
    )
    make.clients.spa()


def row_of(make, address=ADA):
    return make.records.user_row(make.records.user_id_of(address))


def is_told(row):
    return (row["given_name"], row["birthdate"], row["attributes"]["plan"]) == (
        "Ada",
        "1815-12-10",
        "paid",
    )


def test_the_page_asks_for_it_with_what_was_typed_kept(browser, make):
    browser.open("/register")
    form = dict(browser.page.forms[0].fields)
    assert {*form} >= {"given_name", "birthdate", "attributes.plan", "attributes.news"}
    assert not {*form} & {"username", "attributes.later", "gender", "family_name"}
    assert "Your plan" in browser.text
    browser.submit("/register", email=ADA, password=PASSWORD, given_name="Ada")
    assert browser.text.count("This field is required.") == 4  # in the summary too
    assert dict(browser.page.forms[0].fields)["given_name"] == "Ada"
    assert make.records.user_id_of(ADA) is None
    told = GIVEN | {"attributes.news": "false"}
    browser.submit("/register", email=ADA, password=PASSWORD, **told)
    row = row_of(make)
    assert is_told(row)
    assert row["attributes"]["news"] is False
    code = make.records.mail_to(ADA).code
    browser.submit("/email-verification", code=code)
    browser.open("/account/complete")
    assert "later" in browser.text
    assert "plan" not in browser.text


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_what_was_told_waits_with_the_sign_up(browser, make):
    browser.open("/register")
    browser.submit("/register", email=ADA, password=PASSWORD, **GIVEN)
    assert make.records.user_id_of(ADA) is None
    browser.submit("/email-verification", code=make.records.mail_to(ADA).code)
    assert is_told(row_of(make))


def test_a_passkey_spares_the_password_and_nothing_else(browser, make):
    browser.open("/register")
    key, form = Authenticator(), browser.page.forms[0].fields
    token = dict(form)["csrf_token"]
    head = {"X-CSRF-Token": token, "Origin": "https://idp.example"}
    typed = {"email": ADA, "csrf_token": token}
    asked = browser.http.post("/register/passkey/options", data=typed, headers=head)
    shown = json.dumps(key.create(asked.json["options"]))
    made = {"ticket": asked.json["ticket"], "credential": shown}
    page = browser.http.post("/register/passkey", data=typed | made, headers=head)
    assert page.status_code == 200
    assert make.records.user_id_of(ADA) is None
    sent = typed | made | GIVEN
    answer = browser.http.post("/register/passkey", data=sent, headers=head)
    assert answer.status_code == 303, answer.text
    assert is_told(row_of(make))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/register", {}),
        ("/api/users", {}),
        ("/api/auth/register", {"confirmPassword": PASSWORD}),
    ],
)
def test_programs_are_told_what_is_missing(http, make, path, body):
    mine = {"email": ADA, "password": PASSWORD} | body
    names = {"given_name": "firstName"} if path.startswith("/api/auth") else {}

    def sent(**told):
        renamed = {names.get(name, name): value for name, value in told.items()}
        return http.post(path, json=mine | renamed)

    assert fields(sent()) == {names.get(name, name): c for name, c in MISSING.items()}
    assert fields(sent(**IN_JSON, gender="f")) == {"gender": "unknown_field"}
    answer = sent(**IN_JSON)
    assert answer.status_code in (200, 201), answer.text
    assert is_told(row_of(make))


def test_programs_can_ask_what_to_ask(http):
    asked = http.get("/auth/register/fields").json["fields"]
    named = {f["name"]: (f["type"], f["required"]) for f in asked}
    assert named == {
        "name": ("text", False),
        "given_name": ("text", True),
        "birthdate": ("text", True),
        "plan": ("text", True),
        "news": ("boolean", False),
    }


@pytest.mark.parametrize("in_json", [True, False], ids=["json", "page"])
def test_the_link_of_an_invite_asks_for_it(browser, http, make, in_json):
    by = make.users.account(roles=["support"])
    link = make.invites.invite(ADA, by=by.id)
    if in_json:
        body = {"token": link.partition("token=")[2]}
        assert fields(http.post("/auth/invites/accept", json=body)) == MISSING
        answer = http.post("/auth/invites/accept", json=body | IN_JSON)
        assert answer.json["missing_fields"] == ["later"]
    else:
        browser.open(link)
        browser.submit("/invite")
        assert make.records.user_id_of(ADA) is None
        browser.submit("/invite", **GIVEN)
    assert is_told(row_of(make))


def test_an_organization_that_invites_may_ask_for_more(browser, make):
    by = make.users.account(roles=["owner"])
    place = make.organizations.organization(by)
    more = {"phone_number": "required"}
    make.policies.decide("organization", place, fields=more)
    browser.open(make.invites.invite(ADA, by=by.id, into=place))
    browser.submit("/invite", **GIVEN)
    assert make.records.user_id_of(ADA) is None
    browser.submit("/invite", **GIVEN, phone_number="+44 20 7946 0000")
    assert row_of(make)["phone_number"] == "+44 20 7946 0000"


def test_who_was_let_in_from_the_waitlist_is_asked_too(app, http, browser, make):
    make.policies.decide(registration="waitlist")
    http.post("/auth/waitlist", json={"email": ADA})
    with app.app_context():
        mail_answers.answer_due()
        places.confirm(make.records.mail_to(ADA).token)
        db.session.commit()
        let_in_next(1, by="operator")
        db.session.commit()
    browser.open(make.records.mails_to(ADA)[-1].link)
    browser.submit("/register", password=PASSWORD)
    assert make.records.user_id_of(ADA) is None
    browser.submit("/register", password=PASSWORD, **GIVEN)
    assert is_told(row_of(make))


def test_an_operator_makes_accounts_without(make, browser):
    grace = make.users.account()
    browser.sign_in(grace.email, grace.password)
    assert browser.response.request.path == "/account/complete"
    form = dict(browser.page.forms[0].fields)
    asked = {"given_name", "birthdate", "attributes.plan", "attributes.later"}
    assert {*form} >= asked
