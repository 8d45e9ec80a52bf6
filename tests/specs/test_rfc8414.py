"""RFC 8414 and OpenID Connect Discovery 1.0: server metadata."""

import pytest

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.oauth.assertions import (
    assertion_form,
    claims_for,
    new_key,
    signed,
    signing_client,
)

PATHS = (
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
)


@pytest.fixture(params=PATHS)
def metadata(request, http):
    return http.get(request.param).json


def test_section_2_the_issuer_is_the_one_in_tokens(metadata):
    assert metadata["issuer"] == "https://idp.example"


def test_section_2_the_required_members_are_there(metadata):
    assert {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    } <= metadata.keys()


def test_section_2_only_what_works_is_announced(metadata):
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["response_modes_supported"] == ["query", "form_post"]
    assert "none" not in metadata["id_token_signing_alg_values_supported"]
    assert not {"implicit", "password"} & set(metadata["grant_types_supported"])
    assert metadata["request_parameter_supported"] is False
    assert metadata["request_uri_parameter_supported"] is False
    for about_request_objects in (
        "require_request_uri_registration",
        "request_object_signing_alg_values_supported",
        "request_object_encryption_alg_values_supported",
        "request_object_encryption_enc_values_supported",
    ):
        assert about_request_objects not in metadata


def test_section_3_the_document_is_json_at_the_well_known_path(http):
    for path in PATHS:
        answer = http.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_discovery_section_3_rs256_is_among_the_algorithms(metadata):
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]


def test_rfc_9207_section_3_the_iss_parameter_is_announced(metadata):
    assert metadata["authorization_response_iss_parameter_supported"] is True


METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")


def authenticated(make, method):
    """Return a client of a method, and a request that proves it."""
    if method == "private_key_jwt":
        key = new_key()
        made = signing_client(make, key)
        proof = assertion_form(signed(claims_for(made.client_id), key))
        return {"data": proof}
    made = make.clients.client(token_endpoint_auth_method=method)
    if method == "client_secret_basic":
        return {"data": {}, "headers": made.basic}
    form = {"client_id": made.client_id}
    if method == "client_secret_post":
        form["client_secret"] = made.client_secret
    return {"data": form}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("endpoint", ["token", "revocation", "introspection"])
def test_section_2_a_method_works_exactly_where_it_is_announced(
    http, make, endpoint, method
):
    metadata = http.get(PATHS[0]).json
    announced = metadata[f"{endpoint}_endpoint_auth_methods_supported"]
    path = metadata[f"{endpoint}_endpoint"].removeprefix(metadata["issuer"])
    proof = authenticated(make, method)
    proof["data"] |= {"token": "x", "grant_type": "refresh_token", "refresh_token": "x"}
    answer = http.post(path, **proof)
    assert (method in announced) == (answer.status_code != 401)


def test_section_2_no_other_method_can_be_registered(http, make):
    announced = http.get(PATHS[0]).json["token_endpoint_auth_methods_supported"]
    assert set(announced) == set(METHODS)
    for other in ("client_secret_jwt", "tls_client_auth", "anything"):
        with pytest.raises(InvalidClientMetadata):
            make.clients.client(token_endpoint_auth_method=other)


@pytest.mark.parametrize(
    ("announced", "member"),
    [
        ("id_token_signing_alg_values_supported", "id_token_signed_response_alg"),
        ("userinfo_signing_alg_values_supported", "userinfo_signed_response_alg"),
    ],
)
def test_section_2_exactly_the_announced_algorithms_can_be_registered(
    http, make, announced, member
):
    supported = http.get(PATHS[0]).json[announced]
    for algorithm in ("RS256", "PS256", "ES256", "EdDSA"):
        assert algorithm in supported
        make.clients.client(**{member: algorithm})
    for other in ("none", "HS256", "RS384", "ES512"):
        assert other not in supported
        with pytest.raises(InvalidClientMetadata):
            make.clients.client(**{member: other})


def test_section_2_signing_algorithms_of_clients_never_include_none(http):
    metadata = http.get(PATHS[0]).json
    for endpoint in ("token", "revocation", "introspection"):
        name = f"{endpoint}_endpoint_auth_signing_alg_values_supported"
        assert not {"none", "HS256"} & set(metadata[name])


@pytest.mark.parametrize("path", PATHS)
def test_section_3_2_values_without_elements_are_left_out(http, path):
    for value in http.get(path).json.values():
        assert value not in ([], "", None)


def test_section_3_1_another_host_is_not_answered_as_the_issuer(http):
    answer = http.get(PATHS[0], base_url="https://evil.example")
    assert answer.status_code in (400, 421)
