"""RFC 6749: the token endpoint."""

from tests.oauth.calls import (
    client_credentials,
    redeem,
    redeem_with_secret,
    refresh,
)


def test_section_2_3_a_client_uses_one_authentication_method_per_request(http, make):
    client = make.clients.web_client()
    refused = redeem_with_secret(
        http, make.tokens.code(client), client_secret=client.client_secret
    )
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")


def test_section_2_3_1_basic_is_supported_for_clients_with_a_password(http, make):
    assert client_credentials(http, make.clients.machine_client()).status_code == 200


def test_section_2_3_1_secrets_never_come_in_the_uri(http, make):
    machine = make.clients.machine_client()
    query = f"client_id={machine.client_id}&client_secret={machine.client_secret}"
    refused = http.post(
        f"/oauth2/token?{query}", data={"grant_type": "client_credentials"}
    )
    assert refused.status_code == 400


def test_section_3_2_the_token_endpoint_takes_post_only(http):
    assert http.get("/oauth2/token").status_code == 405


def test_section_3_2_parameters_without_a_value_count_as_omitted(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code="")
    assert refused.json["error"] == "invalid_request"


def test_section_3_2_unknown_parameters_are_ignored(http, make):
    assert (
        redeem(http, make.tokens.code(make.clients.spa()), audience="x").status_code
        == 200
    )


def test_section_3_2_parameters_are_not_repeated(http, make):
    made = make.tokens.code(make.clients.spa())
    refused = redeem(http, made, code=[made.code, made.code])
    assert refused.json["error"] == "invalid_request"


def test_section_3_2_1_a_confidential_client_authenticates(http, make):
    refused = redeem(http, make.tokens.code(make.clients.web_client()))
    assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")


def test_section_3_3_the_response_says_the_scope_that_was_granted(http, make):
    answer = client_credentials(http, make.clients.machine_client(), scope="read other")
    assert answer.json["scope"] == "read"


def test_section_4_1_2_a_code_is_not_used_twice_and_its_tokens_are_revoked(http, make):
    made = make.tokens.code(make.clients.spa())
    tokens = redeem(http, made).json
    assert redeem(http, made).json["error"] == "invalid_grant"
    again = refresh(http, made.client, tokens["refresh_token"])
    assert again.json["error"] == "invalid_grant"


def test_section_4_1_2_a_code_expires_shortly(http, make, clock):
    made = make.tokens.code(make.clients.spa())
    clock.tick(minutes=10)
    assert redeem(http, made).json["error"] == "invalid_grant"


def test_section_4_1_3_a_code_is_for_the_client_it_was_issued_to(http, make):
    made, other = make.tokens.code(make.clients.spa()), make.clients.spa()
    refused = redeem(http, made, client_id=other.client_id)
    assert refused.json["error"] == "invalid_grant"


def test_section_4_1_3_the_redirect_uri_is_identical(http, make):
    made = make.tokens.code(make.clients.spa())
    refused = redeem(http, made, redirect_uri=made.client.redirect_uri + "?")
    assert refused.json["error"] == "invalid_grant"


def test_section_4_1_3_the_code_is_required(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code=None)
    assert refused.json["error"] == "invalid_request"


def test_section_4_3_the_password_grant_does_not_exist(http, make):
    form = {"grant_type": "password", "username": "ada", "password": "x"}
    refused = http.post(
        "/oauth2/token", data=form, headers=make.clients.web_client().basic
    )
    assert refused.json["error"] == "unsupported_grant_type"


def test_section_4_4_client_credentials_are_for_confidential_clients(http, make):
    form = {
        "grant_type": "client_credentials",
        "client_id": make.clients.spa().client_id,
    }
    refused = http.post("/oauth2/token", data=form)
    assert refused.json["error"] == "unauthorized_client"


def test_section_4_4_3_client_credentials_bring_no_refresh_token(http, make):
    assert (
        "refresh_token"
        not in client_credentials(http, make.clients.machine_client()).json
    )


def test_section_5_1_a_response_has_the_required_members_and_is_not_kept(http, make):
    answer = redeem(http, make.tokens.code(make.clients.spa()))
    assert {"access_token", "token_type", "expires_in"} <= answer.json.keys()
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"


def test_section_5_2_errors_are_400_with_a_code_and_plain_ascii(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code_verifier="x" * 43)
    assert refused.status_code == 400
    text = refused.json["error_description"]
    assert text.isascii()
    assert not set(text) & set('"\\')


def test_section_5_2_a_failed_basic_authentication_is_challenged_with_basic(http, make):
    form = {"grant_type": "client_credentials"}
    wrong = {"Authorization": "Basic eDp5"}
    refused = http.post("/oauth2/token", data=form, headers=wrong)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")


def test_section_5_2_a_client_without_the_grant_type_is_unauthorized(http, make):
    refused = client_credentials(http, make.clients.web_client())
    assert refused.json["error"] == "unauthorized_client"


def test_section_6_a_refresh_token_is_bound_to_its_client(http, make):
    token = make.tokens.refresh_token(make.clients.spa())
    assert refresh(http, make.clients.spa(), token).json["error"] == "invalid_grant"


def test_section_6_the_scope_is_never_widened(http, make):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid")
    assert refresh(http, spa, token, scope="openid email").json["scope"] == "openid"
    refused = refresh(http, spa, token, scope="email")
    assert refused.json["error"] == "invalid_scope"


def test_section_6_an_omitted_scope_is_the_original_one(http, make):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid email")
    assert refresh(http, spa, token).json["scope"] == "openid email"


def test_section_10_10_codes_and_tokens_cannot_be_guessed(http, make):
    made = make.tokens.code(make.clients.spa())
    assert len(made.code) == 43
    assert len(redeem(http, made).json["refresh_token"].split(".")[2]) == 43
