"""RFC 8707: resource indicators."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.oauth.calls import (
    claims_of,
    client_credentials,
    redeem,
    refresh,
    userinfo,
)
from tests.oauth.devices import Device, connect
from tests.rp import RelyingParty

ISSUER = "https://idp.example"
API, OTHER = "https://api.example", "https://other.example/v1?x=1"


def audience(http, answer):
    return claims_of(http, answer.json["access_token"])["aud"]


@pytest.mark.parametrize(
    "resource", ["api", "/v1", "https://api.example/#part", "https://[", "a b:c", "é:x"]
)
def test_section_2_a_resource_is_an_absolute_uri_without_fragment(http, make, resource):
    party = RelyingParty(http, make.clients.spa())
    fields = party.checked(party.ask(resource=resource))
    assert fields["error"] == "invalid_target"


def test_section_2_it_may_be_repeated(http, make):
    client = make.clients.own_app(scope="openid", apis=["urn:a:b", "urn:c:d"])
    make.browsers.sign_in(http)
    query = urlencode(RelyingParty(http, client).parameters())
    both = "resource=urn:a:b&resource=urn:c:d"
    answer = http.get(f"/oauth2/authorize?{query}&{both}")
    assert "code" in parse_qs(urlsplit(answer.location).query)


def test_section_2_1_the_audience_of_the_token_is_what_was_asked_for(http, make):
    spa = make.clients.spa(apis=[API, OTHER])
    assert audience(http, redeem(http, make.tokens.code(spa, resource=[API]))) == API
    several = redeem(http, make.tokens.code(spa, resource=[API, OTHER]))
    assert audience(http, several) == [API, OTHER]


def test_section_2_without_a_resource_the_token_is_for_this_server(http, make):
    answer = redeem(http, make.tokens.code(make.clients.spa()))
    assert audience(http, answer) == ISSUER
    assert userinfo(http, answer.json["access_token"]).status_code == 200


def test_section_2_2_a_code_gives_a_token_for_one_of_its_resources(http, make):
    made = make.tokens.code(make.clients.spa(apis=[API, OTHER]), resource=[API, OTHER])
    assert audience(http, redeem(http, made, resource=OTHER)) == OTHER


def test_section_2_2_each_refresh_may_be_for_another_one(http, make):
    spa = make.clients.spa(apis=[API, OTHER])
    made = make.tokens.code(spa, resource=[API, OTHER])
    token = redeem(http, made, resource=API).json["refresh_token"]
    for wanted in (OTHER, API, [API, OTHER]):
        answer = refresh(http, spa, token, resource=wanted)
        assert audience(http, answer) == wanted
        token = answer.json["refresh_token"]


def test_section_2_2_a_refresh_without_resource_is_for_all_that_was_granted(http, make):
    spa = make.clients.spa(apis=[API, OTHER])
    made = make.tokens.code(spa, resource=[API, OTHER])
    token = redeem(http, made, resource=API).json["refresh_token"]
    assert audience(http, refresh(http, spa, token)) == [API, OTHER]


@pytest.mark.parametrize("wanted", [ISSUER, "https://evil.example", "api", API + "/"])
def test_section_2_2_what_was_not_granted_is_an_invalid_target(http, make, wanted):
    spa = make.clients.spa(apis=[API])
    made = make.tokens.code(spa, resource=[API])
    refused = redeem(http, made, resource=[API, wanted])
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")
    token = make.tokens.refresh_token(spa, resource=[API])
    refused = refresh(http, spa, token, resource=wanted)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")
    assert refresh(http, spa, token).status_code == 200


def test_section_2_2_a_machine_names_the_resources_its_token_is_for(http, make):
    machine = make.clients.machine_client(apis=[API, OTHER])
    for resource in (ISSUER, API, [API, OTHER]):
        answer = client_credentials(http, machine, resource=resource)
        assert audience(http, answer) == resource
    assert audience(http, client_credentials(http, machine)) == ISSUER


def test_section_2_2_a_machine_cannot_name_what_is_no_resource(http, make):
    refused = client_credentials(
        http, make.clients.machine_client(), resource="not a uri"
    )
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_target")


def test_section_3_a_machines_token_opens_no_account(http, make):
    machine, account = make.clients.machine_client(scope="account"), f"{ISSUER}/account"
    token = client_credentials(http, machine, resource=account).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.get("/auth/me", headers=bearer).status_code == 401
    assert userinfo(http, token).status_code == 401


def test_section_3_a_token_for_one_resource_opens_no_other(http, make):
    answer = redeem(
        http, make.tokens.code(make.clients.spa(apis=[API]), resource=[API])
    )
    refused = userinfo(http, answer.json["access_token"])
    assert refused.json["error"] == "invalid_token"


def test_section_2_2_a_wrong_resource_costs_no_code(http, make):
    made = make.tokens.code(make.clients.spa(apis=[API]), resource=[API])
    refused = redeem(http, made, resource=OTHER)
    assert refused.json["error"] == "invalid_target"
    assert audience(http, redeem(http, made, resource=API)) == API


def test_section_2_2_a_wrong_resource_costs_no_device_code(http, make):
    make.browsers.sign_in(http)
    device = Device(http, make.clients.device_client(apis=[API]), resource=API)
    connect(http, device)
    assert device.poll(resource=OTHER).json["error"] == "invalid_target"
    assert audience(http, device.poll(resource=API)) == API
