"""RFC 7636: Proof Key for Code Exchange, at the token endpoint."""

from idp.oauth.pkce import s256
from tests.make_oauth import VERIFIER
from tests.oauth.calls import redeem


def test_section_4_1_a_verifier_of_another_form_does_not_fit(http, make):
    made = make.code(make.spa())
    for verifier in ("a" * 42, "a" * 129, "a" * 42 + "+", "ä" * 43):
        refused = redeem(http, made, code_verifier=verifier)
        assert refused.json["error"] == "invalid_grant"


def test_section_4_5_the_verifier_has_to_be_sent(http, make):
    refused = redeem(http, make.code(make.spa()), code_verifier=None)
    assert refused.json["error"] == "invalid_grant"


def test_section_4_6_a_verifier_that_does_not_fit_is_an_invalid_grant(http, make):
    refused = redeem(http, make.code(make.spa()), code_verifier="b" * 43)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")


def test_section_4_6_the_challenge_itself_is_no_verifier(http, make):
    refused = redeem(http, make.code(make.spa()), code_verifier=s256(VERIFIER))
    assert refused.json["error"] == "invalid_grant"


def test_section_7_2_plain_is_not_announced(http):
    told = http.get("/.well-known/openid-configuration").json
    assert told["code_challenge_methods_supported"] == ["S256"]
