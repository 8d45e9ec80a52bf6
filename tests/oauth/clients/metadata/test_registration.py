"""Validation of client metadata."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp.oauth.clients.metadata.members import KNOWN, MEMBERS
from idp.oauth.clients.metadata.registration import InvalidClientMetadata, validate

ISSUER = "https://idp.example"
GOOD = {"redirect_uris": ["https://app.example/cb"]}


def problems(metadata) -> dict[str, str]:
    with pytest.raises(InvalidClientMetadata) as refused:
        validate(metadata, issuer=ISSUER)
    return {error.field: error.message for error in refused.value.errors}


def test_every_default_is_filled_in():
    values = validate(GOOD, issuer=ISSUER)
    assert values["grant_types"] == ["authorization_code"]
    assert values["response_types"] == ["code"]
    assert values["token_endpoint_auth_method"] == "client_secret_basic"
    assert values["application_type"] == "web"
    assert values["id_token_signed_response_alg"] == "RS256"
    assert values["scope"] == "openid profile email address phone"


def test_a_native_app_has_no_secret_unless_it_says_so():
    native = GOOD | {"application_type": "native"}
    assert validate(native, issuer=ISSUER)["token_endpoint_auth_method"] == "none"


def test_a_machine_needs_no_redirect_uri():
    values = validate({"grant_types": ["client_credentials"]}, issuer=ISSUER)
    assert values["response_types"] == []
    assert values["scope"] == ""


def test_all_mistakes_are_told_at_once():
    found = problems(
        {
            "redirect_uris": "https://app.example/cb",
            "grant_types": ["implicit"],
            "token_endpoint_auth_method": "client_secret_jwt",
            "logo_uri": "http://app.example/logo.png",
            "scope": 'a"b',
            "contacts": ["nobody"],
            "default_max_age": -1,
            "client_name": "a\nb",
        }
    )
    assert len(found) == 8


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["http://app.example/cb"]}, "redirect_uris"),
        ({"redirect_uris": GOOD["redirect_uris"] * 2}, "redirect_uris"),
        ({"redirect_uris": ["x"] * 51}, "redirect_uris"),
        ({"post_logout_redirect_uris": ["x:y"]}, "post_logout_redirect_uris"),
        ({"response_types": ["token"]}, "response_types"),
        ({"response_types": []}, "response_types"),
        ({"grant_types": ["refresh_token"], "response_types": []}, "grant_types"),
        (
            {
                "grant_types": ["client_credentials"],
                "token_endpoint_auth_method": "none",
            },
            "token_endpoint_auth_method",
        ),
        ({"id_token_signed_response_alg": "none"}, "id_token_signed_response_alg"),
        ({"id_token_signed_response_alg": "HS256"}, "id_token_signed_response_alg"),
        ({"subject_type": "pairwise"}, "subject_type"),
        ({"policy_uri": "javascript:alert(1)"}, "policy_uri"),
        ({"tos_uri": "https://user@app.example/"}, "tos_uri"),
        ({"client_uri": "https://[x/"}, "client_uri"),
        ({"client_name": "x" * 300}, "client_name"),
        ({"require_auth_time": "yes"}, "require_auth_time"),
    ],
)
def test_a_mistake_is_told_by_its_member(changed, field):
    assert field in problems(GOOD | changed)


def test_a_wrong_redirect_uri_has_its_own_code():
    with pytest.raises(InvalidClientMetadata) as refused:
        validate({"redirect_uris": ["https://app.example/#x"]}, issuer=ISSUER)
    (error,) = refused.value.errors
    assert error.code == "invalid_redirect_uri"
    assert "fragment" in error.message


def test_what_is_not_understood_is_left_out():
    values = validate(GOOD | {"future_member": 1, "client_name#de": "x"}, issuer=ISSUER)
    assert values.keys() <= KNOWN


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), JSON))
def test_no_metadata_makes_the_check_fail(metadata):
    with suppress(InvalidClientMetadata):
        assert validate(metadata, issuer=ISSUER).keys() <= KNOWN


KEY = ECKey.generate_key("P-256", {"kid": "one"})
PUBLIC_KEY, PRIVATE_KEY = KEY.as_dict(private=False), KEY.as_dict(private=True)
SIGNS = GOOD | {"token_endpoint_auth_method": "private_key_jwt"}
ENCRYPTS = {"kty": "OKP", "crv": "X25519", "x": "A" * 43, "use": "enc"}


def test_a_client_that_signs_registers_keys_or_where_they_are():
    for keys in ({"jwks": {"keys": [PUBLIC_KEY]}}, {"jwks_uri": "https://a.example/k"}):
        assert keys.items() <= validate(SIGNS | keys, issuer=ISSUER).items()
    assert "is needed for private_key_jwt" in problems(SIGNS)["jwks_uri"]
    both = {"jwks": {"keys": [PUBLIC_KEY]}, "jwks_uri": "https://a.example/k"}
    assert "beside jwks_uri" in problems(SIGNS | both)["jwks"]


def test_keys_of_other_kinds_may_stand_beside_one_that_signs():
    jwks = {"keys": [ENCRYPTS, PUBLIC_KEY]}
    assert validate(SIGNS | {"jwks": jwks}, issuer=ISSUER)["jwks"] == jwks


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        [],
        "https://a.example/k",
        {"keys": []},
        {"keys": {}},
        {"keys": ["key"]},
        {"keys": [PRIVATE_KEY]},
        {"keys": [PUBLIC_KEY, PRIVATE_KEY]},
        {"keys": [PUBLIC_KEY, {"kty": "oct", "k": "AAAA"}]},
        {"keys": [{"kty": "oct"}, PUBLIC_KEY]},
        {"keys": [ENCRYPTS]},
        {"keys": [{"kty": "RSA", "n": "A" * 170 + "B", "e": "AQAB"}]},
        {"keys": [PUBLIC_KEY] * 21},
    ],
)
def test_keys_that_check_nothing_or_are_not_public_are_refused(jwks):
    assert "jwks" in problems(SIGNS | {"jwks": jwks})


def test_the_registered_algorithm_needs_a_key_that_fits():
    keys = {"jwks": {"keys": [PUBLIC_KEY]}}
    fits = SIGNS | keys | {"token_endpoint_auth_signing_alg": "ES256"}
    validate(fits, issuer=ISSUER)
    other = fits | {"token_endpoint_auth_signing_alg": "RS256"}
    assert "no key for RS256" in problems(other)["jwks"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"jwks_uri": "http://a.example/k"}, "jwks_uri"),
        ({"jwks_uri": "https://a.example/k#f"}, "jwks_uri"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri"),
        ({"jwks_uri": 5}, "jwks_uri"),
        (
            {"token_endpoint_auth_signing_alg": "HS256"},
            "token_endpoint_auth_signing_alg",
        ),
        ({"client_assertion_aud": "anything"}, "client_assertion_aud"),
        ({"userinfo_signed_response_alg": "none"}, "userinfo_signed_response_alg"),
        ({"initiate_login_uri": "http://a.example/login"}, "initiate_login_uri"),
        ({"allowed_origins": "https://a.example"}, "allowed_origins"),
        ({"allowed_origins": ["null"]}, "allowed_origins"),
        ({"allowed_origins": ["*"]}, "allowed_origins"),
        ({"allowed_origins": ["https://*.a.example"]}, "allowed_origins"),
        ({"allowed_origins": ["https://a.example/"]}, "allowed_origins"),
        ({"allowed_origins": ["https://A.example"]}, "allowed_origins"),
        ({"allowed_origins": ["https://a.example:443"]}, "allowed_origins"),
        ({"allowed_origins": ["http://a.example"]}, "allowed_origins"),
        ({"allowed_origins": ["https://u@a.example"]}, "allowed_origins"),
        ({"allowed_origins": ["data://a"]}, "allowed_origins"),
        ({"allowed_origins": [f"https://{'a' * 300}"]}, "allowed_origins"),
        ({"owned_resources": "https://api.example"}, "owned_resources"),
        ({"owned_resources": ["api"]}, "owned_resources"),
        ({"owned_resources": ["https://api.example/#f"]}, "owned_resources"),
        ({"owned_resources": [5]}, "owned_resources"),
    ],
)
def test_members_about_keys_and_answers_are_checked(changed, field):
    assert list(problems(GOOD | changed)) == [field]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("tos_uri", "https://bücher.example/agb", "https://xn--bcher-kva.example/agb"),
        ("client_uri", "\u200bhttps://a.example/ä ", "https://a.example/%C3%A4"),
        ("initiate_login_uri", "http://localhost:3000/in", "http://localhost:3000/in"),
        ("redirect_uris", ["https://bücher.example/ä"], ["https://xn--bcher-kva.example/%C3%A4"]),
        ("allowed_origins", ["https://bücher.example"], ["https://xn--bcher-kva.example"]),
    ],
)  # fmt: skip
def test_web_addresses_beyond_ascii_are_kept_as_browsers_write_them(name, typed, kept):
    assert validate(GOOD | {name: typed}, issuer=ISSUER)[name] == kept


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("http://a.example/", "must begin with https://"),
        ("a.example/terms", "has no scheme"),
        ("https://me@a.example/", "drop the part before the @"),
        ("https://a.example:99999/", "has a port that there is not"),
        ("https://a.example/x y", "a sign that no address has"),
        ("https://-/", "has no valid host name"),
        ("https://a.example/" + "x" * 2048, "is longer than 2048"),
    ],
)
def test_each_reason_to_refuse_a_page_has_its_own_words(typed, hint):
    assert hint in problems(GOOD | {"policy_uri": typed})["policy_uri"]


def test_a_redirect_uri_beyond_ascii_is_refused_in_its_own_words():
    wrong = {"redirect_uris": ["https://bü cher.example/"]}
    assert "a sign that no address has" in problems(GOOD | wrong)["redirect_uris"]


def test_no_member_has_two_rows():
    names = [member.name for member in MEMBERS]
    assert len(names) == len(set(names))
    assert all(member.source for member in MEMBERS)
