"""Attributes and scopes that are defined, used and deleted at the same moment."""

import pytest

ATTRIBUTES, SCOPES, APIS = (
    "/api/admin/attributes",
    "/api/admin/scopes",
    "/api/admin/apis",
)
PROFILE = "/account/profile"
AT_ONCE = 4
rounds = pytest.mark.parametrize("round_", range(3))


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


def define(**said):
    return ("POST", ATTRIBUTES, said, {})


def scope(**said):
    return ("POST", SCOPES, {"name": "hr", "claims": ["email"], **said}, {})


def statuses(answers) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@rounds
def test_a_key_is_given_once(at_once, program, round_):
    answers = at_once([define(key="team")] * AT_ONCE)
    assert statuses(answers) == [201] + [409] * (AT_ONCE - 1)
    assert len(program.get(ATTRIBUTES).json["items"]) == 1


@rounds
def test_a_claim_tells_one_attribute(at_once, program, round_):
    calls = [define(key=f"team_{n}", claim="team") for n in range(AT_ONCE)]
    assert statuses(at_once(calls)) == [201] + [409] * (AT_ONCE - 1)


@rounds
def test_the_name_of_a_scope_is_given_once(at_once, round_):
    assert statuses(at_once([scope()] * AT_ONCE)) == [201] + [409] * (AT_ONCE - 1)


@rounds
def test_a_name_is_of_an_api_or_about_users_never_both(at_once, round_):
    api = {"identifier": "https://api.example", "scopes": ["hr"]}
    answers = at_once([scope(), ("POST", APIS, api, {})])
    assert statuses(answers) == [201, 400]


@rounds
def test_a_scope_goes_or_opens_an_attribute(at_once, program, make, round_):
    make.attributes.scope("hr", "email")
    naming = define(key="team", claim="team", scope="hr")
    answers = at_once([("DELETE", f"{SCOPES}/hr", None, {}), naming])
    assert statuses(answers) in ([204, 400], [201, 409])


@rounds
def test_a_value_goes_with_its_attribute_and_does_not_come_back(
    at_once, program, make, round_
):
    make.attributes.define("team")
    write = ("PATCH", PROFILE, {"attributes": {"team": "A"}}, {})
    gone = ("DELETE", f"{ATTRIBUTES}/team", None, {})
    answers = at_once([write, gone, write])
    assert answers[1].status_code == 204
    assert {answers[0].status_code, answers[2].status_code} <= {200, 400}
    make.attributes.define("team")
    assert program.get(PROFILE).json["attributes"] == {}
