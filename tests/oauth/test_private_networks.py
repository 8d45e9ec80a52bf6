"""Clients in a private network that the settings open to what operators register."""

import json

import pytest

from idp.oauth.logout.trial import try_delivery
from tests.oauth.assertions import (
    ask_for_token,
    claims_for,
    new_key,
    public_set,
    signed,
    signing_client,
)
from tests.security.outbound.peers import Authority, answering, peer


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def environ(authority, tmp_path):
    return {
        "IDP_OUTBOUND_NETWORKS": "127.0.0.0/8 ::1",
        "IDP_OUTBOUND_CA_FILE": str(authority.write(tmp_path / "corp.pem")),
    }


def test_keys_are_fetched_there(http, make, authority):
    key = new_key()
    talk = answering(json.dumps(public_set(key)).encode())
    with peer(talk, authority.server("localhost")) as server:
        uri = f"https://localhost:{server.port}/jwks"
        client = signing_client(make, jwks_uri=uri)
        assertion = signed(claims_for(client.client_id), key)
        assert ask_for_token(http, assertion).status_code == 200


def test_sign_out_is_told_there(app, make, authority):
    with peer(answering(b""), authority.server("localhost")) as server:
        uri = f"https://localhost:{server.port}/backchannel"
        client = make.clients.client(backchannel_logout_uri=uri)
        with app.app_context():
            assert try_delivery(client.client_id).accepted
    assert server.requests[0].startswith(b"POST /backchannel ")
