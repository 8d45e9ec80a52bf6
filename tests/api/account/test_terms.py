"""Terms that are in force, as programs and front ends accept them."""

import pytest

from tests.api.callers import bearer, fields, problem
from tests.make_users import PASSWORD

NEW = {"email": "grace@example.com", "password": PASSWORD}
NAMES = {"firstName": "Grace", "lastName": "H", "confirmPassword": PASSWORD}
DOORS = {
    "/auth/register": (NEW, "accept_terms"),
    "/api/users": (NEW, "accept_terms"),
    "/api/auth/register": (NEW | NAMES, "acceptTerms"),
}
REFUSED = (403, "terms_acceptance_required")


@pytest.fixture
def environ():
    return {"IDP_TERMS_URL": "https://acme.example/terms"}


def versions(answer):
    return {each["document"]: each["version"] for each in answer.json["documents"]}


@pytest.mark.parametrize("path", DOORS)
def test_a_sign_up_says_yes(program, make, path):
    body, field = DOORS[path]
    refused = program.post(path, body)
    assert problem(refused) == (400, "terms_required")
    assert fields(refused) == {field: "terms_required"}
    assert make.records.user_id_of(NEW["email"]) is None
    assert program.post(path, body | {field: True}).status_code in (200, 201)
    user_id = make.records.user_id_of(NEW["email"])
    assert make.records.audited("terms.accepted") == [("ok", user_id)]


def test_an_invite_is_accepted_with_them(program, make):
    token = make.invites.invite(NEW["email"]).partition("token=")[2]
    body = {"token": token}
    assert problem(program.post("/auth/invites/accept", body)) == (
        400,
        "terms_required",
    )
    answer = program.post("/auth/invites/accept", body | {"accept_terms": True})
    assert answer.status_code == 200


def test_who_has_not_accepted_does_that_first(program, make):
    ada = make.users.account()
    assert versions(program.get("/account/terms")) == {"terms": "1"}
    login = {"login": ada.email, "password": ada.password}
    program.headers = bearer(program.post("/auth/login", login).json)
    assert problem(program.get("/account/profile")) == REFUSED
    assert program.get("/auth/me").status_code == 200
    assert problem(program.post("/account/terms", {"accept_terms": False})) == (
        400,
        "terms_required",
    )
    answer = program.post("/account/terms", {"accept_terms": True})
    assert answer.json["documents"][0]["accepted_at"] is not None
    assert program.get("/account/profile").status_code == 200


def test_a_front_end_is_told_by_the_status(spa, make):
    ada = make.users.account()
    login = {"email": ada.email, "password": ada.password}
    assert spa.post("/api/auth/login", login).json["status"] == "terms_required"
    assert versions(spa.get("/api/auth/terms")) == {"terms": "1"}
    assert spa.get("/api/auth").json["status"] == "terms_required"
    accepted = spa.post("/api/auth/terms", {"acceptTerms": True})
    assert accepted.json == {"status": "ok"}


@pytest.mark.parametrize("environ", [{}])
def test_without_terms_nobody_is_asked(program):
    assert program.get("/account/terms").json == {"documents": []}
    assert program.post("/auth/register", NEW).status_code == 201
