"""requests-oauthlib, which many scripts and older web apps use."""

import pytest
import requests
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

from tests.clients.seed import CALLBACK, SECRET

pytestmark = pytest.mark.processes

SCOPE = ["openid", "profile", "email", "offline_access"]


@pytest.fixture(autouse=True)
def plain_http(monkeypatch):
    """Let the library talk to a server in development."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def metadata(server):
    url = f"{server.url}/.well-known/openid-configuration"
    return requests.get(url, timeout=10).json()


@pytest.fixture(params=["with secret/1", "public"])
def client(request):
    with OAuth2Session(
        request.param, redirect_uri=CALLBACK, scope=SCOPE, pkce="S256"
    ) as made:
        yield made


def credentials(client) -> dict[str, str]:
    return {} if client.client_id == "public" else {"client_secret": SECRET}


def sign_in(client, metadata, ada):
    url, _ = client.authorization_url(metadata["authorization_endpoint"])
    return client.fetch_token(
        metadata["token_endpoint"],
        authorization_response=ada.visit(url),
        include_client_id=client.client_id == "public" or None,
        **credentials(client),
    )


def refresh(client, metadata, token):
    if client.client_id == "public":
        more = {"client_id": client.client_id}
        return client.refresh_token(
            metadata["token_endpoint"], refresh_token=token, **more
        )
    auth = requests.auth.HTTPBasicAuth(QUOTED, SECRET)
    return client.refresh_token(
        metadata["token_endpoint"], refresh_token=token, auth=auth
    )


QUOTED = "with+secret%2F1"  # RFC 6749 §2.3.1; the library leaves it to its caller


def test_the_whole_life_of_a_sign_in(client, metadata, ada):
    token = sign_in(client, metadata, ada)
    told = client.get(metadata["userinfo_endpoint"]).json()
    assert told["name"] == "Ada Lovelace"
    renewed = refresh(client, metadata, token["refresh_token"])
    assert client.get(metadata["userinfo_endpoint"]).json() == told
    form = {"token": renewed["refresh_token"], "client_id": client.client_id}
    auth = None if client.client_id == "public" else (QUOTED, SECRET)
    ended = requests.post(
        metadata["revocation_endpoint"], data=form, auth=auth, timeout=10
    )
    assert ended.status_code == 200
    assert client.get(metadata["userinfo_endpoint"]).status_code == 401
    with pytest.raises(InvalidGrantError):
        refresh(client, metadata, renewed["refresh_token"])
