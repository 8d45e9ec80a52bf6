"""RFC 7636: Proof Key for Code Exchange."""

import pytest

from idp.oauth.protocol.pkce import s256
from tests.make_tokens import VERIFIER
from tests.oauth.calls import redeem
from tests.rp import RelyingParty


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.spa(scope="openid profile email")
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


def test_section_4_1_a_verifier_of_another_form_does_not_fit(http, make):
    made = make.tokens.code(make.clients.spa())
    for verifier in ("a" * 42, "a" * 129, "a" * 42 + "+", "ä" * 43):
        refused = redeem(http, made, code_verifier=verifier)
        assert refused.json["error"] == "invalid_grant"


def test_section_4_5_the_verifier_has_to_be_sent(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code_verifier=None)
    assert refused.json["error"] == "invalid_grant"


def test_section_4_6_a_verifier_that_does_not_fit_is_an_invalid_grant(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code_verifier="b" * 43)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")


def test_section_4_6_the_challenge_itself_is_no_verifier(http, make):
    refused = redeem(
        http, make.tokens.code(make.clients.spa()), code_verifier=s256(VERIFIER)
    )
    assert refused.json["error"] == "invalid_grant"


def test_section_7_2_plain_is_not_announced(http):
    told = http.get("/.well-known/openid-configuration").json
    assert told["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "a" * 44},
        {"code_challenge": "a" * 42 + "="},
        {"code_challenge": "a" * 42 + "\u00e9"},
    ],
)
def test_section_4_4_1_a_bad_challenge_is_an_invalid_request(rp, changed):
    assert error_of(rp, **changed) == "invalid_request"


def test_section_4_4_the_code_takes_the_verifier_of_its_challenge(rp):
    code = rp.checked(rp.ask())["code"]
    right, rp.attempt.verifier = rp.attempt.verifier, "b" * 43
    assert rp.redeem(code).json["error"] == "invalid_grant"
    rp.attempt.verifier = right
    assert rp.redeem(code).status_code == 200
