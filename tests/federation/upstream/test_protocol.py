"""What is believed of an upstream provider: codes, ID Tokens, profiles."""

import hmac
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

from idp.federation.upstream.authorization import (
    Asked,
    Secrets,
    authorization_url,
)
from idp.federation.upstream.discovery import Endpoints, discover, discover_anew
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.federation.upstream.exchange import exchange
from idp.federation.upstream.id_tokens import verify_id_token
from idp.federation.upstream.profiles import fetch_address, fetch_userinfo
from idp.federation.upstream.registration import ClientProof, UpstreamClient
from idp.federation.upstream.responses import (
    Cancelled,
    GivenCode,
    kept_fields,
    read_response,
)
from idp.security.outbound.client import Outbound
from tests.federation.peers import (
    CLIENT_ID,
    SECRET,
    base64url,
    new_key,
    provider_at_peer,
)

CALLBACK = "https://idp.example/oauth2/callback/peer"
OTHER = "https://other.example"


@pytest.fixture
def peer(app):
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    with provider_at_peer() as running, app.app_context():
        yield running


def registered(**changed) -> UpstreamClient:
    return UpstreamClient(CLIENT_ID, CALLBACK, **({"secret": SECRET} | changed))


def signed_in(peer, *, registration=None, asked=None, **claims):
    """Go the whole way; return the claims that were believed."""
    endpoints, registration = discover(peer.issuer), registration or registered()
    made = Secrets()
    url = authorization_url(
        endpoints,
        registration,
        scope="openid email",
        secrets=made,
        asked=asked or Asked(),
    )
    found = read_response(peer.approve(url, **claims), endpoints)
    tokens = exchange(
        found.code,
        endpoints=endpoints,
        registration=registration,
        code_verifier=made.code_verifier,
    )
    return verify_id_token(
        tokens.id_token,
        endpoints=endpoints,
        client_id=CLIENT_ID,
        nonce=made.nonce,
        access_token=tokens.access_token,
    )


def refused(peer, **claims) -> str:
    with pytest.raises(UpstreamError) as raised:
        signed_in(peer, **claims)
    return raised.value.reason


def pem(key) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*form).decode()


def test_a_code_is_worth_an_id_token_that_was_signed_for_us(peer):
    assert signed_in(peer)["sub"] == "upstream-ada"


def test_what_is_asked_for_stands_in_the_url(peer):
    asked = Asked("login", 0, "ada@example.com", "de", "urn:two")
    made = Secrets()
    url = authorization_url(
        discover(peer.issuer), registered(), scope="openid", secrets=made, asked=asked
    )
    query = dict(parse_qsl(urlsplit(url).query))
    assert query["code_challenge_method"] == "S256"
    assert query["state"] == made.state
    assert query["nonce"] == made.nonce
    assert query["prompt"] == "login"
    assert query["max_age"] == "0"
    assert query["login_hint"] == "ada@example.com"
    assert query["ui_locales"] == "de"
    assert query["acr_values"] == "urn:two"
    assert made.code_verifier not in url


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": OTHER}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": [CLIENT_ID, "another"]}, "azp"),
        ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"nonce": "of-another-sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 1}, "iat"),
        ({"iat": 99_999_999_999}, "iat"),
        ({"nbf": 99_999_999_999}, "nbf"),
        ({"at_hash": "of-another-token"}, "at_hash"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 256}, "sub"),
    ],
)
def test_a_claim_that_is_not_what_it_must_be_is_refused(peer, claims, reason):
    assert refused(peer, **claims) == reason


def test_a_second_audience_is_fine_where_we_are_the_party(peer):
    claims = {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}
    assert signed_in(peer, **claims)["azp"] == CLIENT_ID


def test_another_key_of_the_same_name_signs_nothing(peer):
    peer.signing_key = new_key("first")
    assert refused(peer) == "signature"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_token_is_signed_by_what_everybody_knows(peer, algorithm, monkeypatch):
    public = peer.keys[0].as_pem(private=False)

    def forged(given, access_token):
        claims = {"iss": peer.issuer, "sub": "upstream-ada", "aud": CLIENT_ID}
        parts = ({"alg": algorithm, "kid": "first"}, claims)
        signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        tag = hmac.digest(public, signed.encode(), "sha256")
        return f"{signed}.{'' if algorithm == 'none' else base64url(tag)}"

    monkeypatch.setattr(peer, "id_token", forged)
    assert refused(peer) == "algorithm"


def test_keys_that_were_rotated_mid_way_are_fetched_once_more(peer, clock):
    signed_in(peer)
    clock.tick(seconds=31)
    peer.rotate()
    assert signed_in(peer)["sub"] == "upstream-ada"
    assert peer.paths.count("/jwks") == 2


def test_unknown_keys_make_us_ask_no_more_often_than_every_half_minute(peer, clock):
    signed_in(peer)
    peer.header = {"kid": "unheard-of"}
    peer.signing_key = new_key("unheard-of")
    clock.tick(seconds=31)
    assert {refused(peer) for _ in range(3)} == {"signature"}
    assert peer.paths.count("/jwks") == 2


def test_a_code_of_another_verifier_is_worth_nothing(peer):
    endpoints, made = discover(peer.issuer), Secrets()
    url = authorization_url(endpoints, registered(), scope="openid", secrets=made)
    code = peer.approve(url)["code"]
    with pytest.raises(UpstreamError, match="token"):
        exchange(
            code,
            endpoints=endpoints,
            registration=registered(),
            code_verifier=Secrets().code_verifier,
        )


@pytest.mark.parametrize("method", [ClientProof.BASIC, ClientProof.POST])
def test_a_secret_is_sent_as_the_provider_wants_it(peer, method):
    assert signed_in(peer, registration=registered(auth_method=method))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (rsa.generate_private_key(65537, 2048), "RS256"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
    ],
)
def test_a_private_key_proves_who_we_are(peer, key, algorithm):
    own = registered(
        auth_method=ClientProof.PRIVATE_KEY_JWT, secret=pem(key), key_id="ours"
    )
    assert signed_in(peer, registration=own)
    sent = peer.seen[-1]["client_assertion"]
    header = extract_compact(sent.encode()).headers()
    assert header == {"alg": algorithm, "typ": "JWT", "kid": "ours"}


def test_apple_takes_a_signed_secret(peer, monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    own = registered(
        auth_method=ClientProof.APPLE, secret=pem(key), key_id="k1", team_id="TEAM"
    )
    monkeypatch.setattr(peer, "_is_client", lambda *_: True)
    assert signed_in(peer, registration=own)
    public = ECKey.import_key(pem(key))
    claims = jwt.decode(peer.seen[-1]["client_secret"], public).claims
    assert claims["iss"] == "TEAM"
    assert claims["sub"] == CLIENT_ID
    assert claims["aud"] == peer.issuer


def test_a_key_that_is_none_is_said_to_be_ours_to_mend(peer):
    own = registered(auth_method=ClientProof.PRIVATE_KEY_JWT, secret="no key")
    with pytest.raises(UpstreamError, match="client_key"):
        signed_in(peer, registration=own)


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": OTHER},
        {"token_endpoint": None},
        {"token_endpoint": "http://example.com/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 7},
    ],
)
def test_a_document_that_is_not_about_the_issuer_is_not_believed(peer, changed):
    peer.documents = changed
    with pytest.raises(UpstreamError):
        discover_anew(peer.issuer)


def test_discovery_is_kept_and_outlives_a_short_absence(peer, clock):
    first = discover(peer.issuer)
    peer.status = 503
    clock.tick(hours=2)
    assert discover(peer.issuer) == first


def test_a_provider_that_never_answered_is_away(peer):
    peer.status = 503
    with pytest.raises(UpstreamAway):
        discover(peer.issuer)


def test_what_another_provider_answers_is_refused():
    endpoints = Endpoints("https://a/x", "https://a/t", issuer="https://a")
    careful = Endpoints(
        "https://a/x", "https://a/t", issuer="https://a", says_issuer=True
    )
    given = read_response({"code": "c", "iss": "https://a"}, careful)
    assert given == GivenCode("c")
    assert read_response({"code": "c"}, endpoints) == GivenCode("c")
    for fields, asked in (
        ({"code": "c", "iss": OTHER}, endpoints),
        ({"error": "access_denied", "iss": OTHER}, endpoints),
        ({"code": "c"}, careful),
        ({"error": "access_denied"}, careful),
    ):
        with pytest.raises(UpstreamError, match="iss"):
            read_response(fields, asked)


def test_an_error_is_an_answer_too():
    endpoints = Endpoints("https://a/x", "https://a/t", issuer="https://a")
    assert read_response({"error": "access_denied"}, endpoints) == Cancelled()
    with pytest.raises(UpstreamError, match="provider_error"):
        read_response({"error": "server_error", "code": "c"}, endpoints)
    with pytest.raises(UpstreamError, match="code"):
        read_response({}, endpoints)


def test_what_is_too_long_or_unknown_is_not_kept():
    given = {"code": "c" * 5000, "state": "s", "other": "x"}
    assert kept_fields(given) == {"state": "s"}


def test_userinfo_about_another_user_is_refused(peer):
    peer.userinfo = {"sub": "somebody-else", "name": "Eve"}
    endpoints = discover(peer.issuer)
    with pytest.raises(UpstreamError, match="userinfo_sub"):
        fetch_userinfo(endpoints, access_token="t", subject="upstream-ada")


def test_the_primary_verified_address_is_taken_of_several(peer):
    endpoints = Endpoints("https://a/x", "https://a/t", emails=f"{peer.url}/emails")
    peer.emails = [
        {"email": "unproven@example.com", "primary": False, "verified": False},
        {"email": "second@example.com", "primary": False, "verified": True},
        {"email": "first@example.com", "primary": True, "verified": True},
    ]
    found = fetch_address(endpoints, access_token="t")
    assert found == {"email": "first@example.com", "email_verified": True}
    peer.emails = peer.emails[:1]
    assert fetch_address(endpoints, access_token="t") == {}
