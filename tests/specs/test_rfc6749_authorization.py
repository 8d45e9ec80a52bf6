"""RFC 6749 §3.1, §3.3, §4.1: the authorization endpoint, one test for each MUST."""

from urllib.parse import urlencode

import pytest

from tests.rp import RelyingParty

AUTHORIZE = "/oauth2/authorize"


@pytest.fixture
def rp(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.spa(scope="openid profile email")
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, client, "openid profile email")
    return RelyingParty(http, client)


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


def test_section_3_1_get_and_post_are_served(rp, http):
    assert rp.ask().status_code == 302
    assert http.post(AUTHORIZE, data=rp.parameters()).status_code == 303
    assert http.put(AUTHORIZE, data=rp.parameters()).status_code == 405


def test_section_3_1_parameters_without_a_value_count_as_omitted(rp):
    assert error_of(rp, response_type="") == "invalid_request"
    answer = rp.fields_of(rp.ask(state="", prompt="", max_age="", nonce=""))
    assert answer.keys() == {"code", "iss"}


def test_section_3_1_unknown_parameters_are_ignored(rp):
    assert "code" in rp.checked(rp.ask(unheard_of="1"))


@pytest.mark.parametrize(
    "name", ["scope", "state", "nonce", "prompt", "code_challenge", "unheard_of"]
)
def test_section_3_1_parameters_must_not_be_repeated(rp, http, name):
    query = f"{urlencode(rp.parameters(prompt='consent'))}&{name}=a&{name}=b"
    answer = http.get(f"{AUTHORIZE}?{query}")
    assert "error=invalid_request&" in answer.location
    assert answer.location.startswith(rp.client.redirect_uri)


def test_section_3_1_2_3_the_only_registered_redirect_uri_may_be_left_out(http, make):
    """Not in a request of OpenID Connect (OIDC Core §3.1.2.1)."""
    made = {"require_pkce": False, "scope": "openid profile"}
    web = make.clients.web_client(**made)
    signed_in = make.browsers.sign_in(http)
    make.clients.consent(signed_in.person, web, "profile")
    rp = RelyingParty(http, web)
    bare = {"redirect_uri": None, "code_challenge": None, "code_challenge_method": None}
    fields = rp.checked(rp.ask(scope="profile", **bare))
    form = {"grant_type": "authorization_code", "code": fields["code"]}
    answer = http.post("/oauth2/token", data=form, headers=web.basic)
    assert answer.status_code == 200, answer.json
    assert rp.ask(scope="openid", **bare).status_code == 400


def test_section_3_1_2_3_of_several_redirect_uris_one_is_named(http, make):
    uris = ["https://app.example/a", "https://app.example/b"]
    several = make.clients.spa(redirect_uris=uris, scope="profile")
    refused = RelyingParty(http, several).ask(scope="profile", redirect_uri=None)
    assert refused.status_code == 400
    assert "Location" not in refused.headers


def test_section_3_1_1_response_type_is_required(rp):
    assert error_of(rp, response_type=None) == "invalid_request"


@pytest.mark.parametrize(
    "response_type",
    ["token", "id_token", "code id_token", "code token", "none", "CODE", "code "],
)
def test_section_3_1_1_unknown_response_types_are_refused(rp, response_type):
    error = error_of(rp, response_type=response_type)
    assert error == "unsupported_response_type"


def test_section_3_1_2_the_redirect_uri_keeps_its_query(http, make):
    client = make.clients.spa(redirect_uris=["https://app.example/cb?a=1&b=%20"])
    location = RelyingParty(http, client, scope="openid").ask().location
    assert not location.startswith("https://app.example")  # nobody is signed in
    location = RelyingParty(http, client).ask(prompt="none").location
    assert location.startswith("https://app.example/cb?a=1&b=%20&error=")


def test_section_3_1_2_3_an_unregistered_redirect_uri_is_never_redirected_to(rp):
    answer = rp.ask(redirect_uri="https://app.example/callback/extra")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_section_3_3_an_unknown_scope_is_dropped_and_the_rest_said(rp):
    done = rp.finish(rp.ask(scope="openid fancy email"))
    assert done.tokens["scope"] == "openid email"


@pytest.mark.parametrize("scope", ["fancy", '"', "phone address"])
def test_section_3_3_without_a_known_scope_the_request_is_refused(rp, scope):
    assert error_of(rp, scope=scope) == "invalid_scope"


def test_section_4_1_2_the_code_is_bound_to_the_client_and_redirect_uri(rp):
    code = rp.checked(rp.ask())["code"]
    other = rp.ask_for_tokens(
        grant_type="authorization_code",
        code=code,
        redirect_uri="https://app.example/other",
        code_verifier=rp.attempt.verifier,
    )
    assert other.json["error"] == "invalid_grant"
    assert rp.redeem(code).status_code == 200


def test_section_4_1_2_state_is_returned_exactly(rp):
    assert rp.fields_of(rp.ask(state="/?%20&=+"))["state"] == "/?%20&=+"
    assert rp.fields_of(rp.ask(state="/?%20", scope="x"))["state"] == "/?%20"


def test_section_4_1_2_without_state_none_is_made_up(rp):
    assert "state" not in rp.fields_of(rp.ask(state=None))


def test_section_4_1_2_1_a_client_without_the_grant_is_unauthorized(http, make):
    client = make.clients.client(
        grant_types=["client_credentials"],
        response_types=[],
        redirect_uris=["https://app.example/callback"],
        scope="read",
    )
    rp = RelyingParty(http, client, scope="read")
    assert error_of(rp) == "unauthorized_client"


def test_section_4_1_2_1_descriptions_keep_to_their_characters(rp):
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


def test_section_3_3_without_openid_it_is_plain_oauth(rp):
    done = rp.finish(rp.ask(scope="email"))
    assert "id_token" not in done.tokens
    assert done.tokens["scope"] == "email"
