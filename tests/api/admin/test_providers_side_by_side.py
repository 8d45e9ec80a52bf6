"""Changes of providers at the same moment."""

import pytest

from tests.api.callers import fields

PATH = "/api/admin/providers"
AT_ONCE = 4
ACME = {
    "id": "acme",
    "name": "Acme",
    "issuer": "https://login.acme.example",
    "client_id": "us-at-acme",
    "client_secret": "hush hush",
    "scopes": ["openid", "email"],
}


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


@pytest.mark.parametrize("_round", range(3))
def test_one_gets_an_id_and_the_others_are_told(at_once, _round):
    answers = at_once([("POST", PATH, ACME, {})] * AT_ONCE)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * (AT_ONCE - 1)


@pytest.mark.parametrize("_round", range(3))
def test_one_gets_a_domain_and_the_others_are_told(at_once, _round):
    wanted = ACME | {"domains": ["acme.example"]}
    answers = at_once(
        [("POST", PATH, wanted | {"id": f"p{n}"}, {}) for n in range(AT_ONCE)]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [400] * (AT_ONCE - 1)
    told = [fields(answer) for answer in answers if answer.status_code == 400]
    assert told == [{"domains": "invalid_provider"}] * (AT_ONCE - 1)


@pytest.mark.parametrize("_round", range(3))
def test_of_changes_of_one_state_one_wins(at_once, program, make, _round):
    program.post(PATH, ACME)
    one = f"{PATH}/acme"
    seen = {"If-Match": program.get(one).headers["ETag"]}
    answers = at_once(
        [("PATCH", one, {"name": f"Acme {n}"}, seen) for n in range(AT_ONCE)]
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * (AT_ONCE - 1)
    assert len(make.records.audited("provider.changed")) == 1
