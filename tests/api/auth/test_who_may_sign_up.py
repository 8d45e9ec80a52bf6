"""Who may sign up, as programs are told."""

import pytest

from tests.api.callers import problem
from tests.make_users import PASSWORD

ADDRESS = "ada@example.com"
ADA = {"email": ADDRESS, "password": PASSWORD}
WITH_NAMES = {"firstName": "Ada", "lastName": "L", "confirmPassword": PASSWORD}
DOORS = {
    "/auth/register": ADA,
    "/auth/register/passkey/options": {"email": ADDRESS},
    "/api/users": ADA,
    "/api/auth/register": ADA | WITH_NAMES,
}


@pytest.mark.parametrize("mode", ["waitlist", "invite", "closed"])
@pytest.mark.parametrize("path", DOORS)
def test_where_not_everybody_may_the_reason_is_told(program, make, mode, path):
    make.policies.decide(registration=mode)
    answer = program.post(path, DOORS[path])
    assert problem(answer) == (403, "registration_closed")
    assert answer.json["reason"] == mode
    assert make.records.user_id_of(ADDRESS) is None


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION_DOMAINS": "a.example"}])
@pytest.mark.parametrize("path", DOORS)
def test_an_address_of_another_domain_is_not_let_in(program, path):
    answer = program.post(path, DOORS[path])
    assert problem(answer) == (403, "registration_closed")
    assert answer.json["reason"] == "domain"
    mine = program.post(path, DOORS[path] | {"email": "ada@a.example"})
    assert mine.status_code in (200, 201)


@pytest.mark.parametrize(
    "environ",
    [{"IDP_REGISTRATION_DOMAINS": "a.example", "IDP_ACCOUNT_PRIVACY": "private"}],
)
def test_under_privacy_it_tells_nothing_of_who_has_an_account(program, make):
    make.users.account("known@b.example")
    make.users.account("known@a.example")
    answers = {}
    for address in (
        "known@a.example",
        "new@a.example",
        "known@b.example",
        "n@b.example",
    ):
        answer = program.post("/auth/register", ADA | {"email": address})
        answers[address] = (answer.status_code, sorted(answer.json))
    assert answers["known@a.example"] == answers["new@a.example"]
    assert answers["known@b.example"] == answers["n@b.example"]
