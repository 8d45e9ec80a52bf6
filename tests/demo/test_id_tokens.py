import base64
import hmac
import time

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from idp.demo.id_tokens import IdTokenError, decoded, verify_id_token

EC = ECKey.generate_key(parameters={"kid": "ec"})
RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
STRANGER = ECKey.generate_key(parameters={"kid": "ec"})
JWKS = KeySet([EC, RSA]).as_dict(private=False)
A_DAY = 86_400  # longer than any run of the suite
NOW = int(time.time())
GENUINE = {
    "iss": "https://op.example",
    "sub": "ada",
    "aud": "demo-web",
    "nonce": "n-1",
    "iat": NOW,
    "exp": NOW + A_DAY,
}


def signed(claims, *, key=EC, alg="ES256"):
    return jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])


def encoded(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def verified(token, *, nonce="n-1", jwks=JWKS):
    return verify_id_token(
        token, jwks=jwks, issuer="https://op.example", client_id="demo-web", nonce=nonce
    )


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256")])
def test_a_genuine_token_gives_its_claims(key, alg):
    assert verified(signed(GENUINE, key=key, alg=alg)) == GENUINE


@pytest.mark.parametrize(
    "forged",
    [
        {"iss": "https://other.example"},
        {"aud": "demo-spa"},
        {"aud": ["demo-web", "demo-spa"], "azp": "demo-spa"},
        {"nonce": "n-2"},
        {"nonce": None},
        {"exp": NOW - 60},
        {"exp": None},
        {"sub": None},
        {"iat": NOW + A_DAY},
    ],
    ids="-".join,  # of the names: times differ between test processes
)
def test_a_claim_that_does_not_fit_is_refused(forged):
    claims = {k: v for k, v in {**GENUINE, **forged}.items() if v is not None}
    with pytest.raises(IdTokenError):
        verified(signed(claims))


def test_a_signature_by_an_unknown_key_is_refused():
    with pytest.raises(IdTokenError):
        verified(signed(GENUINE, key=STRANGER))


def test_a_public_key_does_not_pass_as_an_hmac_secret():
    claims = signed(GENUINE).split(".")[1]
    header = encoded(b'{"alg":"HS256","kid":"rsa"}')
    signing_input = f"{header}.{claims}"
    mac = hmac.digest(RSA.as_pem(private=False), signing_input.encode(), "sha256")
    with pytest.raises(IdTokenError):
        verified(f"{signing_input}.{encoded(mac)}")


def test_an_unsigned_token_is_refused():
    unsigned = "eyJhbGciOiJub25lIn0." + signed(GENUINE).split(".")[1] + "."
    with pytest.raises(IdTokenError):
        verified(unsigned)


def test_keys_of_kinds_this_client_does_not_know_are_passed_over():
    jwks = {"keys": [{"kty": "AKP", "kid": "new"}, *JWKS["keys"]]}
    assert verified(signed(GENUINE), jwks=jwks)["sub"] == "ada"


def test_after_a_refresh_the_nonce_may_be_missing():
    claims = {k: v for k, v in GENUINE.items() if k != "nonce"}
    assert verified(signed(claims), nonce=None)["sub"] == "ada"


def test_text_that_is_no_token_is_refused():
    with pytest.raises(IdTokenError):
        verified("not a token")


def test_display_takes_a_jwt_apart_and_leaves_the_rest_alone():
    assert '"sub": "ada"' in decoded(signed(GENUINE)).claims
    assert decoded("opaque") is None
    assert decoded("a.b.c") is None
