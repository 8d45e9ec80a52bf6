"""The UserInfo endpoint and the access tokens it takes."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.oauth.keys.signer import Signer, UntrustedToken, open_private
from idp.oauth.models import Grant, RevokedToken, SigningKey
from idp.oauth.tokens.id_token_hints import read_hint
from tests.oauth.calls import claims_of, redeem, userinfo, verified

PROFILE = {
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "username": "ada",
    "email": "ada@example.com",
    "email_key": "ada@example.com",
    "email_verified_at": utcnow(),
    "phone_number": "+441234567",
    "address": {"formatted": "1 Main Street"},
    "zoneinfo": "Europe/London",
}


def tokens(http, make, *, scope="openid profile email", **bound):
    spa = make.clients.spa(apis=bound.get("resource", ()))
    made = make.tokens.code(spa, scope=scope, **bound)
    return redeem(http, made).json


def altered(app, token: str, *, typ: str = "at+jwt", **changed) -> str:
    """Return the token with another type or other claims, signed by us."""
    with app.app_context():
        claims = current(Signer).read(token, typ="at+jwt") | changed
        return current(Signer).sign(claims, algorithm="ES256", typ=typ)


def test_each_scope_opens_its_claims(http, make):
    person = make.users.signed_in_person(**PROFILE)
    everything = "openid profile email address phone"
    told = userinfo(
        http, tokens(http, make, scope=everything, person=person)["access_token"]
    ).json
    assert told["sub"] == person[0]
    assert told["name"] == "Ada Lovelace"
    assert told["preferred_username"] == "ada"
    assert told["email"] == "ada@example.com"
    assert told["email_verified"] is True
    assert told["phone_number"] == "+441234567"
    assert told["phone_number_verified"] is False
    assert told["address"] == {"formatted": "1 Main Street"}
    assert isinstance(told["updated_at"], int)
    assert "family_name" not in told


def test_openid_alone_tells_only_who(http, make):
    person = make.users.signed_in_person(**PROFILE)
    token = tokens(http, make, scope="openid", person=person)["access_token"]
    assert userinfo(http, token).json == {"sub": person[0]}


def test_the_claims_parameter_adds_to_userinfo_and_to_the_id_token(http, make):
    person = make.users.signed_in_person(**PROFILE)
    wanted = {
        "userinfo": {"email": None, "nickname": {"essential": True}, "other": None},
        "id_token": {"name": {"essential": True}, "acr": None, "password_hash": None},
    }
    answer = tokens(http, make, scope="openid", person=person, claims=wanted)
    told = userinfo(http, answer["access_token"]).json
    assert told == {"sub": person[0], "email": "ada@example.com"}
    in_id_token = claims_of(http, answer["id_token"])
    assert in_id_token["name"] == "Ada Lovelace"
    assert "email" not in in_id_token
    assert "password_hash" not in in_id_token


def test_the_token_comes_in_the_header_or_in_a_posted_form(http, make):
    token = tokens(http, make)["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 200
    assert http.post("/oauth2/userinfo", headers=bearer).status_code == 200
    lower = {"Authorization": f"bearer {token}"}
    assert http.get("/oauth2/userinfo", headers=lower).status_code == 200
    posted = http.post("/oauth2/userinfo", data={"access_token": token})
    assert posted.status_code == 200
    assert posted.headers["Cache-Control"] == "no-store"


def test_without_a_token_only_the_challenge_is_answered(http):
    refused = http.get("/oauth2/userinfo")
    assert refused.status_code == 401
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge == 'Bearer realm="https://idp.example"'
    assert refused.data == b""


def test_a_token_in_the_url_or_twice_is_refused(http, make):
    token = tokens(http, make)["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    in_url = http.get(f"/oauth2/userinfo?access_token={token}")
    twice = http.post("/oauth2/userinfo", data={"access_token": token}, headers=bearer)
    repeated = http.post("/oauth2/userinfo", data={"access_token": [token, token]})
    for refused in (in_url, twice, repeated):
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
        assert 'error="invalid_request"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "é", "..", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."]
)
def test_a_token_that_is_none_is_invalid(http, token):
    refused = userinfo(http, token.encode().decode("latin-1"))
    assert (refused.status_code, refused.json["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_an_id_token_is_no_access_token(http, make):
    refused = userinfo(http, tokens(http, make)["id_token"])
    assert refused.json["error"] == "invalid_token"


def test_the_type_counts_even_when_all_claims_fit(http, make, app):
    token = tokens(http, make)["access_token"]
    assert userinfo(http, altered(app, token)).status_code == 200
    assert userinfo(http, altered(app, token, typ="JWT")).status_code == 401


def test_the_algorithm_is_the_keys_not_the_headers(http, make, app):
    spa = make.clients.spa(access_token_signed_response_alg="RS256")
    token = redeem(http, make.tokens.code(spa)).json["access_token"]
    claims = claims_of(http, token)
    with app.app_context():
        row = db.session.query(SigningKey).filter_by(algorithm="RS256").one()
        private = RSAKey.import_key(open_private(row))
        header = {"alg": "PS256", "typ": "at+jwt", "kid": row.kid}
        other = jwt.encode(header, claims, private, algorithms=["PS256"])
    assert userinfo(http, token).status_code == 200
    assert userinfo(http, other).json["error"] == "invalid_token"


def test_a_refresh_token_is_no_access_token(http, make):
    refused = userinfo(http, tokens(http, make)["refresh_token"])
    assert refused.json["error"] == "invalid_token"


def test_an_expired_token_is_invalid(http, make, clock):
    token = tokens(http, make)["access_token"]
    clock.tick(seconds=600)
    assert userinfo(http, token).json["error"] == "invalid_token"


def test_a_token_for_another_audience_or_issuer_is_invalid(http, make, app):
    token = tokens(http, make)["access_token"]
    for changed in ({"aud": "https://api.example"}, {"iss": "https://other.example"}):
        refused = userinfo(http, altered(app, token, **changed))
        assert refused.json["error"] == "invalid_token"


def test_a_token_for_another_audience_is_told_which_resource_to_ask_for(http, make):
    api = make.clients.api("https://notes.example", "notes:read")
    client = make.clients.spa(scope="openid notes:read", apis=[api])
    made = make.tokens.code(client, scope="openid notes:read", resource=[api])
    refused = userinfo(http, redeem(http, made).json["access_token"])
    assert refused.status_code == 401
    described = refused.json["error_description"]
    assert described == (
        "The access token is for https://notes.example: "
        "ask for one with resource=https://idp.example."
    )
    assert described in refused.headers["WWW-Authenticate"]


def test_an_audience_cannot_end_the_description_in_the_challenge(http, make, app):
    audience = 'https://api.example/", scope="\\'
    token = altered(app, tokens(http, make)["access_token"], aud=audience)
    refused = userinfo(http, token)
    described = refused.json["error_description"]
    assert not {'"', "\\"} & set(described)
    assert f'error_description="{described}"' in refused.headers["WWW-Authenticate"]


def test_a_token_signed_by_anyone_else_is_invalid(http, make):
    token = tokens(http, make)["access_token"]
    claims = claims_of(http, token)
    published = http.get("/.well-known/jwks.json").json["keys"][0]
    stranger = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "typ": "at+jwt", "kid": published["kid"]}
    forged = jwt.encode(header, claims, stranger)
    assert userinfo(http, forged).json["error"] == "invalid_token"
    with_own_key = header | {"jwk": stranger.as_dict(private=False)}
    assert userinfo(http, jwt.encode(with_own_key, claims, stranger)).status_code == 401
    public_as_secret = OctKey.import_key(published["x"] + published["y"])
    hmac = jwt.encode(header | {"alg": "HS256"}, claims, public_as_secret)
    assert userinfo(http, hmac).json["error"] == "invalid_token"


def test_a_revoked_grant_shuts_its_tokens_at_once(http, make, app):
    token = tokens(http, make)["access_token"]
    with app.app_context():
        db.session.query(Grant).update({"revoked_at": utcnow()})
        db.session.commit()
    assert userinfo(http, token).json["error"] == "invalid_token"


def test_a_single_revoked_token_shuts_and_its_siblings_stay(http, make, app):
    made = make.tokens.code(make.clients.spa())
    first = redeem(http, made).json
    jti = claims_of(http, first["access_token"])["jti"]
    with app.app_context():
        expires_at = utcnow() + timedelta(minutes=10)
        db.session.add(RevokedToken(jti=jti, expires_at=expires_at))
        db.session.commit()
    assert userinfo(http, first["access_token"]).status_code == 401
    other = tokens(http, make)["access_token"]
    assert userinfo(http, other).status_code == 200


def test_a_token_without_openid_has_too_little_scope(http, make):
    refused = userinfo(http, tokens(http, make, scope="profile")["access_token"])
    assert (refused.status_code, refused.json["error"]) == (403, "insufficient_scope")
    assert 'scope="openid"' in refused.headers["WWW-Authenticate"]


def test_a_token_for_a_resource_does_not_open_userinfo(http, make):
    answer = tokens(http, make, resource=["https://api.example"])
    told = claims_of(http, answer["access_token"])
    assert told["aud"] == "https://api.example"
    assert userinfo(http, answer["access_token"]).json["error"] == "invalid_token"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256", "EdDSA"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the reader's library warns
def test_a_client_may_have_its_claims_signed(http, make, algorithm):
    person = make.users.signed_in_person(**PROFILE)
    web = make.clients.spa(userinfo_signed_response_alg=algorithm)
    token = redeem(http, make.tokens.code(web, person=person)).json["access_token"]
    answer = userinfo(http, token)
    assert answer.headers["Content-Type"] == "application/jwt"
    assert answer.headers["Cache-Control"] == "no-store"
    told = verified(http, answer.text, algorithms=(algorithm,))
    assert told.header["alg"] == algorithm
    assert told.claims["iss"] == "https://idp.example"
    assert told.claims["aud"] == web.client_id
    assert told.claims["sub"] == person[0]
    assert told.claims["email"] == "ada@example.com"


def test_signed_claims_pass_for_nothing_else(http, make, app):
    web = make.clients.spa(userinfo_signed_response_alg="ES256")
    token = redeem(http, make.tokens.code(web)).json["access_token"]
    signed = userinfo(http, token).text
    assert userinfo(http, signed).json["error"] == "invalid_token"
    with app.app_context(), pytest.raises(UntrustedToken):
        read_hint(signed)


def test_an_error_is_json_also_for_a_client_that_wants_a_jwt(http, make, clock):
    web = make.clients.spa(userinfo_signed_response_alg="ES256")
    token = redeem(http, make.tokens.code(web)).json["access_token"]
    clock.tick(minutes=10)
    assert userinfo(http, token).json["error"] == "invalid_token"
