"""RFC 9068: access tokens in JWT form."""

from tests.oauth.calls import (
    client_credentials,
    redeem,
    refresh,
    userinfo,
    verified,
)

ISSUER = "https://idp.example"


def test_section_2_1_the_token_is_signed_and_typed_at_jwt(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    header = verified(http, token).header
    assert header["typ"] == "at+jwt"
    assert header["alg"] == "ES256"


def test_section_2_2_the_token_has_the_required_claims(http, make):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["access_token"]
    claims = verified(http, token).claims
    assert claims["iss"] == ISSUER
    assert claims["aud"] == ISSUER
    assert claims["sub"] == made.user_id
    assert claims["client_id"] == made.client.client_id
    assert claims["exp"] - claims["iat"] == 600
    assert len(claims["jti"]) == 22


def test_section_2_2_the_subject_of_client_credentials_is_the_client(http, make):
    machine = make.clients.machine_client()
    token = client_credentials(http, machine).json["access_token"]
    assert verified(http, token).claims["sub"] == machine.client_id


def test_section_2_2_1_authentication_is_told_as_it_was_at_the_start(http, make, clock):
    made = make.tokens.code(make.clients.spa(), amr=["pwd", "otp"], acr="urn:acr:two")
    first = redeem(http, made).json
    began = int(clock.now.timestamp())
    clock.tick(minutes=9)
    later = refresh(http, made.client, first["refresh_token"]).json
    for answer in (first, later):
        claims = verified(http, answer["access_token"]).claims
        assert claims["auth_time"] == began
        assert claims["amr"] == ["pwd", "otp"]
        assert claims["acr"] == "urn:acr:two"


def test_section_2_2_3_the_scope_is_a_claim(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    assert verified(http, token).claims["scope"] == "openid profile email"


def test_section_3_the_audience_is_the_resource_that_was_asked_for(http, make):
    resources = ["https://api.example", "https://other.example"]
    made = make.tokens.code(make.clients.spa(apis=resources), resource=resources)
    answer = redeem(http, made, resource=resources[1]).json
    claims = verified(http, answer["access_token"]).claims
    assert claims["aud"] == "https://other.example"
    both = refresh(http, made.client, answer["refresh_token"]).json
    assert verified(http, both["access_token"]).claims["aud"] == resources


def test_section_3_a_resource_outside_the_grant_is_an_invalid_target(http, make):
    spa = make.clients.spa(apis=["https://api.example"])
    made = make.tokens.code(spa, resource=["https://api.example"])
    refused = redeem(http, made, resource="https://evil.example")
    assert refused.json["error"] == "invalid_target"


def test_section_4_other_jwts_of_ours_are_no_access_tokens(http, make):
    id_token = redeem(http, make.tokens.code(make.clients.spa())).json["id_token"]
    assert userinfo(http, id_token).json["error"] == "invalid_token"
