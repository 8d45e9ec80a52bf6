"""OpenID Connect Back-Channel Logout 1.0: one test for each MUST of the OP."""

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.oauth.calls import claims_of
from tests.oauth.signing_out import (
    EVENT,
    LOOPBACK_OPEN,
    checked,
    deliver,
    logout,
    receiver,
    sign_in_at,
)


@pytest.fixture
def environ():
    return LOOPBACK_OPEN


@pytest.fixture
def app_server():
    """The logout endpoint of the app."""
    with receiver() as made:
        yield made


@pytest.fixture
def client(make, app_server):
    return make.clients.client(
        backchannel_logout_uri=app_server.uri,
        backchannel_logout_session_required=True,
    )


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http)


@pytest.fixture
def id_token(http, make, client, ada):
    return sign_in_at(http, make, client, person=ada.person)["id_token"]


@pytest.fixture
def ada_at(http, make):
    """Signs a browser in, and its person at an app; returns the app's tokens."""
    return lambda browser, client: sign_in_at(
        browser, make, client, person=make.browsers.sign_in(browser).person
    )


@pytest.fixture
def claims(app, http, client, id_token, app_server):
    """The claims of the logout token that the app gets when Ada signs out."""
    logout(http, id_token_hint=id_token)
    assert deliver(app) == 1
    return checked(http, app_server.tokens[0], client.client_id)


def test_2_1_support_is_announced(http):
    metadata = http.get("/.well-known/openid-configuration").json
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True
    assert "sid" in metadata["claims_supported"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/logout#fragment",
        "/logout",
        "http://app.example/logout",
        "ftp://app.example/logout",
        "https://user@app.example/logout",
        "https://10.0.0.1/logout",
        "https://169.254.169.254/latest",
        7,
    ],
)
def test_2_2_the_uri_is_absolute_and_without_fragment(make, uri):
    with pytest.raises(InvalidClientMetadata, match="backchannel_logout_uri"):
        make.clients.client(backchannel_logout_uri=uri)


def test_2_2_session_required_is_a_boolean(make):
    with pytest.raises(InvalidClientMetadata, match="must be true or false"):
        make.clients.client(backchannel_logout_session_required="true")


def test_2_2_the_sid_is_the_one_of_the_id_token(http, claims, id_token):
    assert claims["sid"] == claims_of(http, id_token)["sid"]


def test_2_3_only_apps_of_the_session_are_told(app, make, ada_at, client, app_server):
    make.clients.client(backchannel_logout_uri=app_server.uri)
    http = app.test_client()
    tokens = ada_at(http, client)
    ada_at(
        app.test_client(), make.clients.client(backchannel_logout_uri=app_server.uri)
    )
    logout(http, id_token_hint=tokens["id_token"])
    deliver(app)
    assert len(app_server.tokens) == 1


def test_2_4_the_required_claims_are_there(claims):
    required = {"iss", "aud", "iat", "exp", "jti", "events"}
    assert required <= claims.keys()
    assert claims["events"] == {EVENT: {}}


def test_2_4_sub_is_the_one_of_the_id_token(claims, ada):
    assert claims["sub"] == ada.user_id


def test_2_4_there_is_no_nonce(claims):
    assert "nonce" not in claims


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256"])
def test_2_4_it_is_signed_as_the_clients_id_tokens(
    app, make, ada_at, app_server, algorithm
):
    client = make.clients.client(
        backchannel_logout_uri=app_server.uri,
        id_token_signed_response_alg=algorithm,
    )
    http = app.test_client()
    logout(http, id_token_hint=ada_at(http, client)["id_token"])
    deliver(app)
    keys = KeySet.import_key_set(http.get("/.well-known/jwks.json").json)
    read = jwt.decode(app_server.tokens[0], keys, algorithms=[algorithm])
    assert read.header["alg"] == algorithm


def test_2_5_it_is_posted_as_a_form_with_nothing_else(claims, app_server):
    head, _, _ = app_server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /backchannel?app=1 HTTP/1.1\r\n")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert b"cookie" not in head.lower()
    assert app_server.forms[0].keys() == {"logout_token"}


def test_2_7_what_is_not_offline_ends_with_the_session(http, make, client, ada):
    tokens = sign_in_at(http, make, client, person=ada.person)
    logout(http, id_token_hint=tokens["id_token"])
    answer = http.post(
        "/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
        },
        headers=client.basic,
    )
    assert answer.json["error"] == "invalid_grant"


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_2_8_success_is_200_and_many_send_204(app, http, id_token, app_server, status):
    app_server.status = status
    logout(http, id_token_hint=id_token)
    assert deliver(app) == 1
    assert deliver(app) == 0


def test_4_1_a_logout_token_is_taken_for_nothing_else(http, claims, app_server):
    token = app_server.tokens[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 401
    assert logout(http, id_token_hint=token).status_code == 400
