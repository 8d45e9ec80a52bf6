"""Programs go on where a directory's user has to say more: by a ticket."""

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program, bearer, declined, fields, problem
from tests.documented import watched
from tests.federation.ldap.company import ADDRESS
from tests.federation.ldap.slapd import PASSWORD

REGISTER = "/auth/login/register"
LINK = "/api/auth/external/link"
SIGN_IN = {"login": ADDRESS, "password": PASSWORD}


@pytest.fixture
def app(app):
    """The app with the key that signs access tokens; every answer is documented."""
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    with watched(app):
        yield app


@pytest.fixture
def program(http, app, make) -> Program:
    """A program without cookies."""
    make.clients.spa()
    return Program(app.test_client(use_cookies=False))  # http has set the host


@pytest.fixture
def local(make, ada):
    """An account that was made here, by who may be another."""
    return make.users.account(ADDRESS)


@pytest.fixture
def nameless(corp, directory):
    """Somebody in the directory without an address."""
    corp.set_up({"unknown_logins": "true"}, domains=[])
    dn = directory.add_person("eve", cn="Eve of Corp")
    directory.change(dn, mail=[])
    return {"login": "eve", "password": PASSWORD}


def waits(answer, status: str) -> str:
    """Return the ticket of an answer."""
    assert answer.status_code == 200, answer.text
    assert answer.json["status"] == status, answer.text
    assert answer.json["provider"] == {"id": "corp", "name": "Corp"}
    assert "access_token" not in answer.json
    return answer.json["ticket"]


def test_what_is_missing_is_told_and_makes_the_account(program, nameless, corp, make):
    asked = program.post("/auth/login", nameless)
    assert asked.json["missing"] == ["email"]
    ticket = waits(asked, "registration_required")
    assert fields(program.post(REGISTER, {"ticket": ticket})) == {"email": "required"}
    body = {"ticket": ticket, "email": "eve@example.com"}
    made = program.post(REGISTER, body)
    assert made.json["refresh_token"]
    assert made.json["user"]["name"] == "Eve of Corp"
    assert corp.linked_users() == [made.json["user"]["id"]]
    assert make.records.mail_to("eve@example.com")
    assert declined(program.post(REGISTER, body)) == "token_invalid"
    assert program.post("/auth/login", nameless).json["access_token"]


def test_a_browser_s_ticket_is_good_there_alone(http, program, nameless, corp):
    asked = http.post("/auth/login", json=nameless | {"cookies": True})
    ticket = waits(asked, "registration_required")
    body = {"ticket": ticket, "email": "eve@example.com"}
    assert declined(program.post(REGISTER, body)) == "token_invalid"
    made = http.post(REGISTER, json=body)
    assert "refresh_token" not in made.json
    assert http.get("/account").status_code == 200


def test_a_single_page_app_completes_it_too(http, nameless, corp):
    body = {"email": "eve", "password": PASSWORD}
    ticket = waits(http.post("/api/auth/login", json=body), "registration_required")
    answer = http.post(
        f"/api/auth/external/register/{ticket}", json={"email": "eve@example.com"}
    )
    assert answer.json["status"] == "email_not_verified"
    assert len(corp.linked_users()) == 1


def test_who_signs_in_to_their_account_links_it(program, corp, local):
    corp.set_up()
    ticket = waits(program.post("/auth/login", SIGN_IN), "link_required")
    body = {"ticket": ticket, "email": "other@corp.example"}
    assert fields(program.post(REGISTER, body)) == {"email": "email_taken"}
    assert problem(program.post(f"{LINK}/{ticket}"))[0] == 401
    own = {"login": local.email, "password": local.password}
    program.headers = bearer(program.post("/auth/login", own).json)
    linked = program.post(f"{LINK}/{ticket}")
    assert linked.json["account"]["provider"] == "corp"
    assert corp.linked_users() == [local.id]
    assert corp.make.records.mail_to(local.email).kind == "provider_linked"
    again = program.post("/auth/login", SIGN_IN)
    assert again.json.get("access_token"), again.text
    assert declined(program.post(f"{LINK}/{ticket}")) == "token_invalid"


def test_the_owner_hears_of_a_program_that_signs_in(program, corp, ada):
    corp.set_up()
    browser = corp.sign_in()
    assert browser.http.get("/account").status_code == 200
    assert program.post("/auth/login", SIGN_IN).json["access_token"]
    kinds = [mail.kind for mail in corp.make.records.mails_to(ADDRESS)]
    assert kinds == ["new_sign_in"]


def test_and_so_does_a_single_page_app(http, corp, local):
    corp.set_up()
    body = {"email": ADDRESS, "password": PASSWORD}
    ticket = waits(http.post("/api/auth/login", json=body), "link_required")
    own = {"email": local.email, "password": local.password}
    http.post("/api/auth/login", json=own)
    token = http.get("/auth/csrf/token").json["token"]
    linked = http.post(f"{LINK}/{ticket}", headers={"X-CSRF-Token": token})
    assert linked.status_code == 200, linked.text
    assert corp.linked_users() == [local.id]
    assert http.get("/account").status_code == 200


def test_a_link_takes_a_proof_of_the_last_minutes(program, corp, local, clock):
    corp.set_up()
    own = {"login": local.email, "password": local.password}
    tokens = program.post("/auth/login", own).json
    ticket = waits(program.post("/auth/login", SIGN_IN), "link_required")
    clock.tick(minutes=11)
    shown = {"refresh_token": tokens["refresh_token"]}
    program.headers = bearer(program.post("/auth/refresh", shown).json)
    refused = program.post(f"{LINK}/{ticket}")
    assert problem(refused) == (403, "reauthentication_required")
    assert corp.linked_users() == []


@pytest.mark.parametrize("ticket", ["none", ".", "a.b", "ä", "x" * 300])
def test_no_other_ticket_does(program, corp, ada, ticket):
    corp.set_up()
    program.headers = bearer(program.post("/auth/login", SIGN_IN).json)
    assert declined(program.post(f"{LINK}/{ticket}")) == "token_invalid"


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_where_addresses_are_private_an_unproven_one_tells_nothing(
    program, corp, local
):
    corp.set_up(trust_email=False)
    answer = program.post("/auth/login", SIGN_IN)
    assert declined(answer) == "provider_refused"
