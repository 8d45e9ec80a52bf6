"""Tokens for clients that act for themselves."""

import pytest

from tests.oauth.calls import claims_of, client_credentials, userinfo


def test_the_token_speaks_of_the_client_itself(http, make):
    machine = make.clients.machine_client()
    answer = client_credentials(http, machine).json
    told = claims_of(http, answer["access_token"])
    assert told["sub"] == told["client_id"] == machine.client_id
    assert told["scope"] == answer["scope"] == "read write"
    assert "refresh_token" not in answer
    assert "id_token" not in answer
    assert "auth_time" not in told


def test_a_request_may_ask_for_less(http, make):
    answer = client_credentials(http, make.clients.machine_client(), scope="write")
    assert answer.json["scope"] == "write"


def test_scopes_the_client_lacks_are_dropped_while_some_are_left(http, make):
    answer = client_credentials(http, make.clients.machine_client(), scope="read admin")
    assert answer.json["scope"] == "read"


@pytest.mark.parametrize("scope", ["admin", "openid", 'read"', "read\\x"])
def test_a_request_that_gets_nothing_is_refused(http, make, scope):
    machine = make.clients.machine_client(scope="read openid")
    refused = client_credentials(http, machine, scope=scope)
    assert refused.json["error"] == "invalid_scope"


def test_a_client_without_scope_gets_a_token_without_scope(http, make):
    answer = client_credentials(http, make.clients.machine_client(scope=""))
    assert answer.status_code == 200
    assert "scope" not in answer.json


def test_the_token_opens_no_userinfo(http, make):
    token = client_credentials(http, make.clients.machine_client()).json["access_token"]
    refused = userinfo(http, token)
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_a_resource_with_a_fragment_is_an_invalid_target(http, make):
    refused = client_credentials(
        http, make.clients.machine_client(), resource="https://api.example/#x"
    )
    assert refused.json["error"] == "invalid_target"


def test_two_tokens_of_one_second_differ(http, make, clock):
    machine = make.clients.machine_client()
    first = client_credentials(http, machine).json["access_token"]
    assert client_credentials(http, machine).json["access_token"] != first


def test_a_client_may_have_its_access_tokens_in_rs256(http, make):
    machine = make.clients.machine_client(access_token_signed_response_alg="RS256")
    token = client_credentials(http, machine).json["access_token"]
    assert claims_of(http, token)["sub"] == machine.client_id
