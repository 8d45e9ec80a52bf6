"""POST /auth/waitlist, and signing up with what lets one in."""

from urllib.parse import parse_qs, urlsplit

import pytest

from idp.accounts import mail_answers
from idp.accounts.models import WaitingPlace
from idp.accounts.registration.waitlist import places
from idp.accounts.registration.waitlist.letting_in import let_in_next
from idp.core.db import db
from tests.api.callers import fields, problem
from tests.make_users import PASSWORD

ADDRESS = "ada@example.com"


@pytest.fixture
def environ():
    return {"IDP_REGISTRATION": "waitlist"}


def mailed_admission(app, program, make, **more):
    """Ask, confirm and be let in; return the link that was mailed."""
    asked = program.post("/auth/waitlist", {"email": ADDRESS, "note": "Choir"} | more)
    assert asked.status_code == 202
    with app.app_context():
        mail_answers.answer_due()
        assert places.confirm(make.records.mail_to(ADDRESS).token)
        db.session.commit()
        let_in_next(1, by="operator")
        db.session.commit()
    return make.records.mails_to(ADDRESS)[-1].link


def admitted(app, program, make):
    """Return what opens the sign-up of who was let in."""
    return mailed_admission(app, program, make).partition("admit=")[2]


def test_who_is_let_in_signs_up_once_with_a_proven_address(app, program, make):
    body = {"email": ADDRESS, "password": PASSWORD}
    refused = program.post("/auth/register", body)
    assert problem(refused) == (403, "registration_closed")
    admit = admitted(app, program, make)
    other = program.post("/auth/register", body | {"email": "e@x.org", "admit": admit})
    assert other.json["reason"] == "other_address"
    weak = program.post("/auth/register", body | {"password": "x", "admit": admit})
    assert fields(weak) == {"password": "too_short"}
    answer = program.post("/auth/register", body | {"admit": admit})
    assert answer.status_code == 201
    assert answer.json["user"]["email_verified"] is True
    again = program.post("/auth/register", body | {"admit": admit})
    assert fields(again) == {"admit": "invalid"}


def test_a_passkey_can_be_made_by_who_is_let_in(app, program, make):
    path, body = "/auth/register/passkey/options", {"email": ADDRESS}
    assert problem(program.post(path, body)) == (403, "registration_closed")
    admit = admitted(app, program, make)
    assert program.post(path, body | {"admit": admit}).status_code == 200


def test_the_answer_does_not_depend_on_the_address(app, program, make):
    make.users.account("known@example.com")
    for address in ("known@example.com", "new@example.com", "new@example.com"):
        answer = program.post("/auth/waitlist", {"email": address})
        assert (answer.status_code, answer.data) == (202, b"")
    with app.app_context():
        mail_answers.answer_due()
        assert db.session.query(WaitingPlace).count() == 1


def test_who_came_from_an_app_is_led_back_to_it(app, program, make):
    spa = make.clients.spa()
    link = mailed_admission(app, program, make, client_id=spa.client_id)
    [back] = parse_qs(urlsplit(link).query)["return_to"]
    assert back == f"/register/welcome?client_id={spa.client_id}"
    unknown = program.post("/auth/waitlist", {"email": ADDRESS, "client_id": "none"})
    assert fields(unknown) == {"client_id": "unknown"}
    make.policies.decide("client", spa.client_id, registration_domains=["a.example"])
    asked = {"email": "b@b.example", "client_id": spa.client_id}
    refused = program.post("/auth/waitlist", asked)
    assert refused.json["reason"] == "domain"
    assert program.post("/auth/waitlist", {"email": "b@b.example"}).status_code == 202


def test_what_is_no_address_is_refused(program):
    wrong = program.post("/auth/waitlist", {"email": "nobody"})
    assert fields(wrong) == {"email": "invalid"}


class TestElsewhere:
    @pytest.fixture
    def environ(self):
        return {}

    @pytest.mark.parametrize("mode", ["open", "approval", "invite", "closed"])
    def test_there_is_none(self, program, make, mode):
        make.policies.decide(registration=mode)
        answer = program.post("/auth/waitlist", {"email": ADDRESS})
        assert problem(answer) == (404, "no_waitlist")
