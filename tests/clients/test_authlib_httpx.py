"""Authlib's client on httpx: each way to prove who calls."""

import warnings

import httpx
import pytest
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.clients.seed import CALLBACK, KEY, SECRET

with warnings.catch_warnings():
    # It prefers a successor of httpx, and works with httpx as well.
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import OAuth2Client

pytestmark = pytest.mark.processes

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"
METHOD = "token_endpoint_auth_method"
CREDENTIALS = {
    "with secret/1": {"client_secret": SECRET},
    "posts": {
        "client_secret": SECRET,
        METHOD: "client_secret_post",
    },
    "public": {METHOD: "none"},
    "signs": {METHOD: "private_key_jwt"},
    "signs as of old": {METHOD: "private_key_jwt"},
}


@pytest.fixture
def metadata(server):
    url = f"{server.url}/.well-known/openid-configuration"
    return httpx.get(url).raise_for_status().json()


@pytest.fixture(params=CREDENTIALS)
def client(request, metadata):
    """The library's client, as each registered client would set it up."""
    name = request.param
    made = OAuth2Client(
        client_id=name,
        redirect_uri=CALLBACK,
        scope="openid email offline_access",
        code_challenge_method="S256",
        revocation_endpoint_auth_method=CREDENTIALS[name].get(METHOD),
        **CREDENTIALS[name],
    )
    if name.startswith("signs"):
        made.client_secret = KEY.as_dict(private=True)
        # What the library calls the token endpoint is what it names as audience.
        audience = metadata["token_endpoint" if name.endswith("old") else "issuer"]
        made.register_client_auth_method(
            PrivateKeyJWT(audience, headers={"kid": KEY.kid})
        )
    with made:
        yield made


def sign_in(client, metadata, ada):
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER
    )
    return client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=ada.visit(url),
        state=state,
        code_verifier=VERIFIER,
    )


def test_the_whole_life_of_a_sign_in(client, metadata, ada):
    token = sign_in(client, metadata, ada)
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).json())
    id_token = jwt.decode(token["id_token"], keys, algorithms=["RS256", "ES256"])
    assert id_token.claims["aud"] == client.client_id
    told = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
    assert told["email"] == "ada@example.com"
    assert told["sub"] == id_token.claims["sub"]
    client.refresh_token(metadata["token_endpoint"])
    again = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
    assert again == told


def test_introspection_and_revocation(client, metadata, ada):
    token = sign_in(client, metadata, ada)
    if client.client_id != "public":
        asked = introspect(client, metadata, token["access_token"])
        assert (asked["active"], asked["client_id"]) == (True, client.client_id)
    answer = client.revoke_token(
        metadata["revocation_endpoint"],
        token=token["refresh_token"],
        token_type_hint="refresh_token",
    )
    assert (answer.status_code, answer.content) == (200, b"")
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx.get(metadata["userinfo_endpoint"], headers=bearer).status_code == 401


def introspect(client, metadata, token):
    answer = client.introspect_token(metadata["introspection_endpoint"], token=token)
    return answer.raise_for_status().json()
