"""A sign-up by JSON whose answer was lost is sent again with its Idempotency-Key."""

import pytest

from tests.api.callers import problem
from tests.api.people import ADA

KEY = "Idempotency-Key"
ACCOUNT = {"email": ADA["email"], "password": ADA["password"]}
SESSION = ACCOUNT | {"confirmPassword": ADA["password"]}


@pytest.mark.parametrize(
    ("path", "body"), [("/auth/register", ACCOUNT), ("/api/auth/register", SESSION)]
)
def test_it_goes_on_as_the_first_answer_did(program, make, path, body):
    first = program.post(path, body, headers={KEY: "0e7f"})
    again = program.post(path, body, headers={KEY: '"0e7f"'})
    assert again.status_code == first.status_code < 300, again.text
    assert again.json["registration"] == first.json["registration"]
    assert len(make.records.mails_to(ADA["email"])) == 1
    for headers in ({}, {KEY: "0e80"}):
        assert problem(program.post(path, body, headers=headers)) == (
            409,
            "email_taken",
        )
    wrong = program.post(path, body, headers={KEY: "x" * 256})
    assert problem(wrong) == (400, "invalid_idempotency_key")
