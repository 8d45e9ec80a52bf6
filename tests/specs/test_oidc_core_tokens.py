"""OpenID Connect Core 1.0: ID Tokens, UserInfo, refresh."""

from base64 import urlsafe_b64encode
from hashlib import sha256, sha512

import pytest

from idp.oauth.clients.access.claims import short_enough
from tests.oauth.calls import claims_of, redeem, refresh, userinfo, verified

ISSUER = "https://idp.example"


def half(digest: bytes) -> str:
    left = digest[: len(digest) // 2]
    return urlsafe_b64encode(left).rstrip(b"=").decode()


def test_section_2_an_id_token_has_the_required_claims(http, make):
    made = make.tokens.code(make.clients.spa())
    claims = claims_of(http, redeem(http, made).json["id_token"])
    assert claims["iss"] == ISSUER
    assert claims["aud"] == made.client.client_id
    assert len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    assert claims["exp"] > claims["iat"]


def test_section_2_the_nonce_is_passed_through_unmodified(http, make):
    nonce = "ä nonce/+=%20"
    made = make.tokens.code(make.clients.spa(), nonce=nonce)
    assert claims_of(http, redeem(http, made).json["id_token"])["nonce"] == nonce


def test_section_2_without_a_nonce_in_the_request_there_is_none(http, make):
    made = make.tokens.code(make.clients.spa(), nonce=None)
    assert "nonce" not in claims_of(http, redeem(http, made).json["id_token"])


def test_section_2_the_key_is_named_and_the_default_is_rs256(http, make):
    spa = make.clients.spa(id_token_signed_response_alg="RS256")
    token = verified(http, redeem(http, make.tokens.code(spa)).json["id_token"])
    assert token.header["alg"] == "RS256"
    published = {key["kid"] for key in http.get("/.well-known/jwks.json").json["keys"]}
    assert token.header["kid"] in published


@pytest.mark.parametrize(
    ("algorithm", "hashed"), [("ES256", sha256), ("RS256", sha256), ("EdDSA", sha512)]
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the reader's library warns
def test_section_3_1_3_6_at_hash_is_the_left_half_of_the_access_tokens_hash(
    http, make, algorithm, hashed
):
    spa = make.clients.spa(id_token_signed_response_alg=algorithm)
    answer = redeem(http, make.tokens.code(spa)).json
    claims = verified(http, answer["id_token"], algorithms=(algorithm,)).claims
    digest = hashed(answer["access_token"].encode()).digest()
    assert claims["at_hash"] == half(digest)


def test_section_3_1_3_3_the_token_type_is_bearer(http, make):
    assert (
        redeem(http, make.tokens.code(make.clients.spa())).json["token_type"]
        == "Bearer"
    )


def test_section_5_3_userinfo_takes_get_and_post(http, make):
    token = redeem(http, make.tokens.code(make.clients.spa())).json["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    by_get = http.get("/oauth2/userinfo", headers=bearer)
    assert by_get.json == http.post("/oauth2/userinfo", headers=bearer).json


def test_section_5_3_2_userinfo_always_has_the_subject_of_the_id_token(http, make):
    answer = redeem(http, make.tokens.code(make.clients.spa(), scope="openid")).json
    told = userinfo(http, answer["access_token"])
    assert told.json["sub"] == claims_of(http, answer["id_token"])["sub"]
    assert told.mimetype == "application/json"


def test_section_5_3_3_errors_are_those_of_bearer_tokens(http):
    refused = userinfo(http, "no-token")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_section_5_4_scopes_are_answered_by_userinfo_not_in_the_id_token(http, make):
    answer = redeem(http, make.tokens.code(make.clients.spa())).json
    assert "email" in userinfo(http, answer["access_token"]).json
    assert "email" not in claims_of(http, answer["id_token"])


def test_section_5_4_a_client_may_have_them_in_the_id_token_too(http, make):
    spa = make.clients.spa(id_token_claims="scope")
    person = make.users.signed_in_person(email="ada@example.com", name="Ada")
    made = make.tokens.code(spa, person=person, scope="openid email offline_access")
    first = redeem(http, made).json
    told = claims_of(http, first["id_token"])
    assert (told["email"], told["email_verified"]) == ("ada@example.com", False)
    assert "name" not in told
    renewed = refresh(http, spa, first["refresh_token"], scope="openid").json
    assert "email" not in claims_of(http, renewed["id_token"])


def test_section_5_4_of_them_an_id_token_has_what_a_token_can_hold():
    found = {"email": "a@b.example", "about": "x" * 5000, "name": "Ada"}
    assert short_enough(found) == {"email": "a@b.example", "name": "Ada"}


def test_section_5_5_1_an_essential_claim_without_value_is_no_error(http, make):
    wanted = {"userinfo": {"birthdate": {"essential": True}}}
    answer = redeem(
        http, make.tokens.code(make.clients.spa(), scope="openid", claims=wanted)
    ).json
    told = userinfo(http, answer["access_token"])
    assert told.status_code == 200
    assert "birthdate" not in told.json


def test_section_12_2_a_refreshed_id_token_keeps_who_where_and_when(http, make, clock):
    made = make.tokens.code(make.clients.spa())
    first = redeem(http, made).json
    clock.tick(minutes=1)
    again = refresh(http, made.client, first["refresh_token"]).json
    before, after = (claims_of(http, t["id_token"]) for t in (first, again))
    for name in ("iss", "sub", "aud", "auth_time"):
        assert after[name] == before[name]
    assert after["iat"] == before["iat"] + 60
    assert "nonce" not in after
