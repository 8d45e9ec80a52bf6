"""Attributes at POST /auth/register."""

import pytest

from tests.api.callers import fields

PATH = "/auth/register"
ADA = {"email": "ada@example.org", "password": "correct horse battery staple"}


@pytest.fixture(autouse=True)
def defined(make):
    make.clients.spa()
    make.attributes.define("department", required_at="register")
    make.attributes.define("desks", "number")
    make.attributes.define("badge", editable_by="admin")


def test_what_has_to_be_given_is_named_and_what_is_given_is_kept(program):
    assert fields(program.post(PATH, ADA)) == {"attributes.department": "required"}
    wrong = {"desks": "x", "badge": "X1", "shoe": 44}
    assert fields(program.post(PATH, ADA | {"attributes": wrong})) == {
        "attributes.department": "required",
        "attributes.desks": "invalid",
        "attributes.badge": "not_editable",
        "attributes.shoe": "unknown_field",
    }
    values = {"department": " Engines ", "desks": 2}
    made = program.post(PATH, ADA | {"attributes": values})
    assert made.status_code == 201, made.text
    assert made.json["user"]["attributes"] == {"department": "Engines", "desks": 2}


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_sign_up_that_waits_keeps_them(program, make):
    values = {"department": "Engines"}
    made = program.post(PATH, ADA | {"attributes": values})
    assert made.status_code == 202, made.text
    said = {"token": make.records.mail_to(ADA["email"]).token}
    said["registration"] = made.json["registration"]
    assert program.post("/auth/email-verification", said).status_code == 204
    user_id = make.records.user_id_of(ADA["email"])
    assert make.records.user_row(user_id)["attributes"] == values
