"""What an account has to have, as front ends of this site ask for it."""

import pytest

from tests.api.callers import fields, problem


@pytest.fixture
def ada(make):
    """Somebody whose account was there before anything was asked for."""
    return make.users.account()


@pytest.fixture
def front_end(program, make, ada):
    """A front end of this site, where Ada signs in."""
    make.clients.spa()
    make.attributes.define("plan", required_at="register", label={"de": "Tarif"})
    make.policies.decide(fields={"given_name": "required"})
    body = {"email": ada.email, "password": ada.password}
    answer = program.post("/api/auth/login", body)
    assert answer.json["status"] == "profile_incomplete", answer.text
    program.token = answer.json["token"]
    return program


def test_the_session_says_what_is_missing_and_takes_it(front_end, ada, make):
    head = {"Authorization": f"Bearer {front_end.token}"}
    asked = front_end.get("/api/auth/complete", headers=head).json
    assert asked["status"] == "profile_incomplete"
    assert [(f["name"], f["attribute"], f["label"]) for f in asked["fields"]] == [
        ("firstName", False, "Given name"),
        ("plan", True, "Tarif"),
    ]
    wrong = {"firstName": "", "attributes": {"plan": 1}}
    answer = front_end.post("/api/auth/complete", wrong, headers=head)
    assert fields(answer) == {"attributes.plan": "invalid"}
    some = {"firstName": "Ada"}
    answer = front_end.post("/api/auth/complete", some, headers=head)
    assert answer.json == {"status": "profile_incomplete"}
    rest = {"attributes": {"plan": "paid"}}
    answer = front_end.post("/api/auth/complete", rest, headers=head)
    assert answer.json == {"status": "ok"}
    assert make.records.user_row(ada.id)["given_name"] == "Ada"


def test_tokens_come_with_the_names_of_what_is_missing(front_end, ada):
    body = {"login": ada.email, "password": ada.password}
    answer = front_end.post("/auth/login", body)
    assert answer.json["missing_fields"] == ["given_name", "plan"]
    head = {"Authorization": f"Bearer {answer.json['access_token']}"}
    me = front_end.get("/auth/me", headers=head).json
    assert me["missing_fields"] == ["given_name", "plan"]
    told = {"given_name": "Ada", "attributes": {"plan": "paid"}}
    answer = front_end.send("PATCH", "/account/profile", told, headers=head)
    assert answer.status_code == 200, answer.text
    assert "missing_fields" not in front_end.get("/auth/me", headers=head).json


def test_an_organization_may_want_more_before_one_acts_in_it(program, make, ada):
    make.clients.spa()
    acme = make.organizations.organization(ada)
    make.policies.decide("organization", acme, fields={"birthdate": "required"})
    assert "missing_fields" not in program.sign_in(ada)
    enter = {"organization_id": acme}
    refused = program.post("/auth/organization", enter)
    assert problem(refused) == (403, "profile_incomplete")
    named = {error["field"]: error["code"] for error in refused.json["errors"]}
    assert named == {"birthdate": "required"}
    program.send("PATCH", "/account/profile", {"birthdate": "1815"})
    assert program.post("/auth/organization", enter).status_code == 200
