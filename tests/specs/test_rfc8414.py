"""RFC 8414 and OpenID Connect Discovery 1.0: server metadata."""

import pytest

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


def test_section_3_the_document_is_json_at_the_well_known_path(http):
    for path in PATHS:
        answer = http.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_discovery_section_3_rs256_is_among_the_algorithms(metadata):
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]


def test_rfc_9207_section_3_the_iss_parameter_is_announced(metadata):
    assert metadata["authorization_response_iss_parameter_supported"] is True
