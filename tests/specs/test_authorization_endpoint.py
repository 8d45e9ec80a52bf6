"""RFC 6749 §3.1, §4.1.1, §4.1.2; RFC 7636 §4.3, §4.4; RFC 9207; RFC 9700 at the
authorization endpoint: one test for each MUST."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.rp import RelyingParty

AUTHORIZE = "/oauth2/authorize"


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.spa(scope="openid profile email")
    signed_in = make.sign_in(http)
    make.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


class TestRFC6749:
    """The OAuth 2.0 Authorization Framework."""

    def test_3_1_get_and_post_are_served(self, rp, http):
        assert rp.ask().status_code == 302
        assert http.post(AUTHORIZE, data=rp.parameters()).status_code == 303
        assert http.put(AUTHORIZE, data=rp.parameters()).status_code == 405

    def test_3_1_parameters_without_a_value_count_as_omitted(self, rp):
        assert error_of(rp, response_type="") == "invalid_request"
        answer = rp.fields_of(rp.ask(state="", prompt="", max_age="", nonce=""))
        assert answer.keys() == {"code", "iss"}

    def test_3_1_unknown_parameters_are_ignored(self, rp):
        assert "code" in rp.checked(rp.ask(unheard_of="1"))

    @pytest.mark.parametrize(
        "name", ["scope", "state", "nonce", "prompt", "code_challenge", "unheard_of"]
    )
    def test_3_1_parameters_must_not_be_repeated(self, rp, http, name):
        query = f"{urlencode(rp.parameters(prompt='consent'))}&{name}=a&{name}=b"
        answer = http.get(f"{AUTHORIZE}?{query}")
        assert "error=invalid_request&" in answer.location
        assert answer.location.startswith(rp.client.redirect_uri)

    def test_3_1_1_response_type_is_required(self, rp):
        assert error_of(rp, response_type=None) == "invalid_request"

    @pytest.mark.parametrize(
        "response_type",
        ["token", "id_token", "code id_token", "code token", "none", "CODE", "code "],
    )
    def test_3_1_1_unknown_response_types_are_refused(self, rp, response_type):
        error = error_of(rp, response_type=response_type)
        assert error == "unsupported_response_type"

    def test_3_1_2_the_redirect_uri_keeps_its_query(self, http, make):
        client = make.spa(redirect_uris=["https://app.example/cb?a=1&b=%20"])
        location = RelyingParty(http, client, scope="openid").ask().location
        assert not location.startswith("https://app.example")  # nobody is signed in
        location = RelyingParty(http, client).ask(prompt="none").location
        assert location.startswith("https://app.example/cb?a=1&b=%20&error=")

    def test_3_1_2_3_an_unregistered_redirect_uri_is_never_redirected_to(self, rp):
        answer = rp.ask(redirect_uri="https://app.example/callback/extra")
        assert answer.status_code == 400
        assert "Location" not in answer.headers

    def test_3_3_an_unknown_scope_is_dropped_and_the_rest_said(self, rp):
        done = rp.finish(rp.ask(scope="openid fancy email"))
        assert done.tokens["scope"] == "openid email"

    @pytest.mark.parametrize("scope", ["fancy", '"', "phone address"])
    def test_3_3_without_a_known_scope_the_request_is_refused(self, rp, scope):
        assert error_of(rp, scope=scope) == "invalid_scope"

    def test_4_1_2_the_code_is_bound_to_the_client_and_redirect_uri(self, rp):
        code = rp.checked(rp.ask())["code"]
        other = rp.ask_for_tokens(
            grant_type="authorization_code",
            code=code,
            redirect_uri="https://app.example/other",
            code_verifier=rp.attempt.verifier,
        )
        assert other.json["error"] == "invalid_grant"
        assert rp.redeem(code).status_code == 200

    def test_4_1_2_state_is_returned_exactly(self, rp):
        assert rp.fields_of(rp.ask(state="/?%20&=+"))["state"] == "/?%20&=+"
        assert rp.fields_of(rp.ask(state="/?%20", scope="x"))["state"] == "/?%20"

    def test_4_1_2_without_state_none_is_made_up(self, rp):
        assert "state" not in rp.fields_of(rp.ask(state=None))

    def test_4_1_2_1_a_client_without_the_grant_is_unauthorized(self, http, make):
        client = make.client(
            grant_types=["client_credentials"],
            response_types=[],
            redirect_uris=["https://app.example/callback"],
            scope="read",
        )
        rp = RelyingParty(http, client, scope="read")
        assert error_of(rp) == "unauthorized_client"

    def test_4_1_2_1_descriptions_keep_to_their_characters(self, rp):
        for changed in (
            {"scope": "fancy"},
            {"prompt": 'x\u00e9"\\'},
            {"claims": '{"\\'},
            {"code_challenge": "\u00e9"},
        ):
            text = rp.checked(rp.ask(**changed))["error_description"]
            assert text.isascii()
            assert text.isprintable()
            assert not set('"\\') & set(text)

    def test_without_openid_it_is_plain_oauth(self, rp):
        done = rp.finish(rp.ask(scope="email"))
        assert "id_token" not in done.tokens
        assert done.tokens["scope"] == "email"


class TestRFC7636:
    """Proof Key for Code Exchange."""

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
    def test_4_4_1_a_bad_challenge_is_an_invalid_request(self, rp, changed):
        assert error_of(rp, **changed) == "invalid_request"

    def test_4_4_the_code_takes_the_verifier_of_its_challenge(self, rp):
        code = rp.checked(rp.ask())["code"]
        right, rp.attempt.verifier = rp.attempt.verifier, "b" * 43
        assert rp.redeem(code).json["error"] == "invalid_grant"
        rp.attempt.verifier = right
        assert rp.redeem(code).status_code == 200


class TestRFC9207:
    """Authorization Server Issuer Identification."""

    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"prompt": "none", "max_age": "0"},
            {"scope": "x"},
            {"response_type": "x"},
            {"response_mode": "form_post"},
            {"response_mode": "fragment"},
        ],
    )
    def test_2_every_response_names_the_issuer(self, rp, changed):
        fields = rp.fields_of(rp.ask(**changed))
        assert fields["iss"] == "https://idp.example"

    def test_3_the_metadata_says_so(self, rp):
        assert rp.metadata["authorization_response_iss_parameter_supported"] is True


class TestRFC9700:
    """Best Current Practice for OAuth 2.0 Security."""

    def test_2_1_1_pkce_is_required_of_public_clients(self, rp):
        bare = {"code_challenge": None, "code_challenge_method": None}
        assert error_of(rp, **bare) == "invalid_request"

    def test_4_1_3_redirect_uris_are_compared_exactly(self, rp):
        for uri in (
            "https://app.example/callback?",
            "https://app.example/callback#",
            "https://app.example//callback",
            "https://app.example/./callback",
            "https://app.example:443/callback",
            "https://APP.example/callback",
            "https://app.example/%63allback",
            "https://user@app.example/callback",
            "https://app.example.evil.example/callback",
            " https://app.example/callback",
            "https://app.example/callback\n",
        ):
            assert rp.ask(redirect_uri=uri).status_code == 400, uri

    def test_4_1_3_a_native_app_on_loopback_chooses_its_port(self, http, make):
        client = make.spa(
            redirect_uris=["http://127.0.0.1/cb"],
            application_type="native",
            scope="openid",
        )
        rp = RelyingParty(http, client)
        asked = rp.ask(redirect_uri="http://127.0.0.1:51004/cb", prompt="none")
        assert asked.location.startswith("http://127.0.0.1:51004/cb?error=")
        assert rp.ask(redirect_uri="http://127.0.0.1:51004/x").status_code == 400
        assert rp.ask(redirect_uri="http://localhost:51004/cb").status_code == 400

    def test_4_2_4_the_way_back_names_no_referrer(self, rp):
        assert rp.ask().headers["Referrer-Policy"] == "no-referrer"

    def test_4_11_2_a_bad_redirect_uri_outweighs_every_other_error(self, rp):
        answer = rp.ask(redirect_uri="https://evil.example", response_type="token")
        assert answer.status_code == 400

    def test_4_12_no_redirect_repeats_a_post(self, rp, http):
        assert http.post(AUTHORIZE, data=rp.parameters()).status_code == 303
        bad = http.post(AUTHORIZE, data=rp.parameters(scope="x"))
        assert bad.status_code == 303

    def test_4_16_no_page_of_the_flow_can_be_framed(self, rp):
        page = rp.reach(prompt="consent")
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


class TestRFC8707:
    """Resource Indicators."""

    @pytest.mark.parametrize("resource", ["api", "https://api.example/#x", "/api"])
    def test_2_a_resource_is_an_absolute_uri_without_fragment(self, rp, resource):
        assert error_of(rp, resource=resource) == "invalid_target"

    def test_2_it_may_be_repeated(self, rp, http):
        query = urlencode(rp.parameters())
        answer = http.get(f"{AUTHORIZE}?{query}&resource=urn:a:b&resource=urn:c:d")
        assert "code" in parse_qs(urlsplit(answer.location).query)
