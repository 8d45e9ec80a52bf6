"""RFC 8252: apps on a person's device."""

import pytest

from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.hosted_pages import follow, press
from tests.oauth.calls import redeem
from tests.rp import RelyingParty

SCHEME = "com.example.app:/callback"


@pytest.fixture
def native(make):
    def register(uri: str):
        return make.clients.client(application_type="native", redirect_uris=[uri])

    return register


def sent_back(http, client, uri: str) -> bool:
    """Tell whether a request with this redirect URI is answered there."""
    party = RelyingParty(http, client)
    answer = party.ask(redirect_uri=uri, prompt="none")
    return answer.status_code in (302, 303) and answer.location.startswith(uri)


def test_section_6_a_native_app_needs_pkce(http, native):
    party = RelyingParty(http, native(SCHEME))
    answer = party.ask(code_challenge=None, code_challenge_method=None)
    assert party.checked(answer)["error"] == "invalid_request"


def test_section_7_1_a_private_scheme_can_be_registered(http, native):
    assert sent_back(http, native(SCHEME), SCHEME)


def test_section_7_1_one_that_is_no_domain_is_taken_though_it_must_not(http, native):
    """Apps in use have such; without its verifier a code opens nothing (§8.1)."""
    assert sent_back(http, native("cursor://auth/callback"), "cursor://auth/callback")


@pytest.mark.parametrize("uri", ["mailto:me", "javascript:/x", "data:/x"])
def test_section_7_1_a_scheme_of_browsers_or_other_programs_is_refused(native, uri):
    with pytest.raises(InvalidClientMetadata):
        native(uri)


def test_section_7_2_a_claimed_https_uri_is_compared_exactly(http, native):
    client = native("https://app.example/callback")
    assert sent_back(http, client, "https://app.example/callback")
    assert not sent_back(http, client, "https://app.example:8443/callback")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_section_7_3_a_loopback_address_takes_any_port(http, native, host):
    client = native(f"http://{host}/callback")
    for port in ("", ":1", ":51004", ":65535"):
        assert sent_back(http, client, f"http://{host}{port}/callback")
    assert not sent_back(http, client, f"http://{host}:51004/other")


def test_section_8_3_localhost_takes_no_other_port(http, native):
    client = native("http://localhost:8400/callback")
    assert sent_back(http, client, "http://localhost:8400/callback")
    assert not sent_back(http, client, "http://localhost:8401/callback")


def test_section_7_3_the_code_is_redeemed_with_the_port_that_was_used(
    http, native, make
):
    client = native("http://127.0.0.1/callback")
    used = "http://127.0.0.1:51004/callback"
    wrong = redeem(http, make.tokens.code(client, redirect_uri=used))
    assert wrong.json["error"] == "invalid_grant"
    right = redeem(http, make.tokens.code(client, redirect_uri=used), redirect_uri=used)
    assert right.status_code == 200


def test_section_8_4_the_redirect_uri_is_registered_beforehand(http, native):
    assert not sent_back(http, native(SCHEME), "com.example.other:/callback")


def test_section_8_5_a_native_app_has_no_secret_unless_it_asks(native):
    assert native(SCHEME).client_secret is None


LOOPBACK = "http://127.0.0.1/callback"
CLAIMED = "https://app.example/callback"


@pytest.mark.parametrize(
    ("uri", "answered"), [(SCHEME, False), (LOOPBACK, False), (CLAIMED, True)]
)
def test_section_8_6_only_a_claimed_https_uri_is_answered_without_asking(
    http, make, native, uri, answered
):
    client = native(uri)
    ada = make.browsers.sign_in(http)
    make.clients.consent(ada.person, client, "openid")
    party = RelyingParty(http, client)
    silently = party.checked(party.ask(prompt="none"))
    assert ("code" in silently) == answered
    if not answered:
        assert silently["error"] == "consent_required"
        assert party.ask().location.startswith("/consent?")
        allowed = follow(http, press(http, party.reach(), decision="allow"))
        assert party.finish(allowed).claims["sub"] == ada.user_id


def test_section_8_10_its_requests_are_told_apart_by_state(http, native):
    party = RelyingParty(http, native(SCHEME))
    answer = party.ask(prompt="none")
    assert party.checked(answer)["error"] == "login_required"
