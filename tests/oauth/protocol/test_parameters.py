"""Parameters as they arrive, and the small parts of a request that are pure."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts.factors.assurance import AcrRequest
from idp.oauth.protocol.claims_parameter import parse_claims
from idp.oauth.protocol.parameters import (
    AUTHORIZATION,
    CLIENT_REQUEST,
    LOGOUT,
    Fault,
    read_parameters,
    restore_parameters,
)
from idp.oauth.protocol.prompt import Prompt, parse_max_age, parse_prompt
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.resources import parse_resources
from idp.oauth.protocol.response_modes import with_query


@given(st.binary(max_size=300))
def test_no_bytes_are_a_bug(noise):
    read_parameters(noise, AUTHORIZATION)
    read_parameters(b"state=" + noise, AUTHORIZATION)


@given(st.binary(max_size=100))
def test_any_state_survives_reading_and_writing(raw):
    escaped = "".join(f"%{byte:02X}" for byte in raw)
    read = read_parameters(f"state={escaped}".encode(), AUTHORIZATION)
    written = with_query("https://app.example/cb", read.values)
    again = read_parameters(written.partition("?")[2].encode(), AUTHORIZATION)
    assert again.values == read.values


def test_empty_and_unknown_parameters_are_left_out():
    read = read_parameters(
        b"state=&scope=openid&fancy=1&resource=&prompt=", AUTHORIZATION
    )
    assert read.values == {"scope": "openid"}
    assert read.resource == ()


def test_repeats_are_noted_but_for_resource():
    read = read_parameters(
        b"scope=a&scope=a&x=1&x=2&resource=a:b&resource=c:d", AUTHORIZATION
    )
    assert read.names_with(Fault.REPEATED) == ["scope", "x"]
    assert read.get("scope") is None
    assert read.resource == ("a:b", "c:d")


@pytest.mark.parametrize(
    ("sent", "authorization", "logout", "client_request"),
    [
        (b"fancy=1&fancy=2", Fault.REPEATED, None, Fault.REPEATED),
        (b"client_id=&client_id=a", *[Fault.REPEATED] * 3),
        (b"client_id=" + b"x" * 2049, Fault.TOO_LONG, Fault.TOO_LONG, None),
        (b"fancy=" + b"x" * 8193, None, None, Fault.TOO_LONG),
        (b"client_id=%ff", *[Fault.GARBLED] * 3),
        (b"client_id=a%0Ab", None, None, Fault.GARBLED),
        (b"fancy=%00", None, None, Fault.GARBLED),
        (b"%00=fancy", None, None, Fault.GARBLED),
        (b"resource=a:b&resource=c:d", None, None, None),
    ],
)
def test_each_endpoint_has_its_table(sent, authorization, logout, client_request):
    tables = (AUTHORIZATION, LOGOUT, CLIENT_REQUEST)
    found = [[f for f, _ in read_parameters(sent, table).faults] for table in tables]
    expected = (authorization, logout, client_request)
    assert found == [[fault] if fault else [] for fault in expected]


def test_what_was_stored_comes_back_the_same():
    query = urlencode({"client_id": "a", "state": "\u00e9 +&", "scope": "openid"})
    read = read_parameters(f"{query}&resource=a:b".encode(), AUTHORIZATION)
    stored = json.loads(json.dumps(read.as_json()))
    assert restore_parameters(stored) == read


def test_a_value_above_its_length_is_noted_and_left_out():
    assert read_parameters(b"state=" + b"x" * 4096, AUTHORIZATION).get("state")
    read = read_parameters(b"state=" + b"x" * 4097, AUTHORIZATION)
    assert read.names_with(Fault.TOO_LONG) == ["state"]
    assert read.get("state") is None


@pytest.mark.parametrize("raw", [b"%ff", b"\xff", b"%00", b"a%ED%A0%80"])
def test_what_is_no_text_cannot_be_stored(raw):
    read = read_parameters(b"nonce=" + raw, AUTHORIZATION)
    assert read.names_with(Fault.GARBLED) == ["nonce"]


@pytest.mark.parametrize("value", ["bad", "none login", "login\t", "LOGIN", "a b"])
def test_bad_prompts_are_refused(value):
    with pytest.raises(OAuthRefusal):
        parse_prompt(value)


def test_prompts_combine():
    assert parse_prompt("login consent") == {Prompt.LOGIN, Prompt.CONSENT}
    assert parse_prompt(None) == parse_prompt(" ") == frozenset()


def test_stray_spaces_between_prompts_mean_nothing():
    assert parse_prompt(" login  consent ") == {Prompt.LOGIN, Prompt.CONSENT}


@pytest.mark.parametrize("value", ["-1", "1.5", "", "abc", "\u0661", "9" * 10, " 1"])
def test_bad_max_ages_are_refused(value):
    with pytest.raises(OAuthRefusal):
        parse_max_age(value)


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "[]",
        '"text"',
        "[" * 5000,
        '{"id_token": []}',
        '{"id_token": {"email": true}}',
        '{"userinfo": {"email": {"essential": "yes"}}}',
        '{"id_token": {"acr": {"values": "gold"}}}',
        '{"id_token": {"sub": {"value": NaN}}}',
    ],
)
def test_a_claims_parameter_of_another_shape_is_refused(value):
    with pytest.raises(OAuthRefusal) as refused:
        parse_claims(value)
    assert refused.value.error == "invalid_request"


def test_claims_keep_what_is_understood():
    read = parse_claims(
        '{"id_token": {"sub": {"value": "ada"}, "acr": {"essential": true, '
        '"values": ["gold"]}, "email": null}, "extra": 1, "userinfo": null}'
    )
    assert read.members.keys() == {"id_token"}
    assert read.subjects == {"ada"}
    assert read.acr == AcrRequest(("gold",), essential=True)


def test_a_voluntary_acr_is_a_wish_in_order():
    read = parse_claims('{"id_token": {"acr": {"values": ["gold", "aal1"]}}}')
    assert read.acr == AcrRequest(("gold", "aal1"))
    assert parse_claims('{"id_token": {"acr": null}}').acr == AcrRequest()


@pytest.mark.parametrize(
    "value",
    ["/relative", "api", "https://api.example#x", "https://a b", "https://[x", "a:"],
)
def test_a_resource_that_is_no_absolute_uri_is_an_invalid_target(value):
    with pytest.raises(OAuthRefusal) as refused:
        parse_resources((value,))
    assert refused.value.error == "invalid_target"


def test_resources_are_kept_in_order_once():
    api, urn = "https://api.example/v1?x=1", "urn:example:api"
    assert parse_resources((api, urn, api)) == (api, urn)
    with pytest.raises(OAuthRefusal):
        parse_resources(tuple(f"urn:x:{n}" for n in range(9)))


@pytest.mark.parametrize(
    ("uri", "written"),
    [
        ("https://a/cb", "https://a/cb?code=x"),
        ("https://a/cb?", "https://a/cb?code=x"),
        ("https://a/cb?a=b%20c", "https://a/cb?a=b%20c&code=x"),
        ("https://a/cb?a&", "https://a/cb?a&code=x"),
        ("app.example:/cb", "app.example:/cb?code=x"),
    ],
)
def test_answers_are_appended_to_the_redirect_uri(uri, written):
    assert with_query(uri, {"code": "x"}) == written
