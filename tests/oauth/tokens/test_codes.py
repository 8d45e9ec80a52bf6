"""Redeeming authorization codes."""

import pytest

from idp.core.db import db
from idp.oauth.models import AuthorizationCode, Grant
from idp.oauth.protocol.pkce import s256
from idp.security.models import AuditEvent
from tests.make_clients import CALLBACK
from tests.make_tokens import VERIFIER
from tests.oauth.calls import claims_of, redeem, redeem_with_secret, refresh, userinfo


def test_a_code_buys_tokens_that_open_userinfo(http, make):
    made = make.tokens.code(make.clients.spa())
    answer = redeem(http, made)
    assert answer.status_code == 200
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["scope"] == "openid profile email"
    assert answer.headers["Cache-Control"] == "no-store"
    told = userinfo(http, answer.json["access_token"])
    assert told.json["sub"] == made.user_id


def test_a_client_with_a_secret_redeems_by_basic_and_by_post(http, make):
    basic = make.clients.web_client()
    assert redeem_with_secret(http, make.tokens.code(basic)).status_code == 200
    post = make.clients.web_client(token_endpoint_auth_method="client_secret_post")
    by_post = redeem(http, make.tokens.code(post), client_secret=post.client_secret)
    assert by_post.status_code == 200


def test_a_client_without_the_refresh_grant_gets_no_refresh_token(http, make):
    spa = make.clients.spa(grant_types=["authorization_code"])
    assert "refresh_token" not in redeem(http, make.tokens.code(spa)).json


def test_a_request_without_openid_gets_no_id_token(http, make):
    made = make.tokens.code(make.clients.spa(), scope="profile")
    assert "id_token" not in redeem(http, made).json


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "another-verifier-of-at-least-forty-three-chars"},
        {"redirect_uri": "https://app.example/callback/"},
        {"redirect_uri": "https://app.example/Callback"},
        {"code": "x" * 43},
        {"code_verifier": "too-short"},
        {"code_verifier": None},
    ],
)
def test_a_wrong_request_spends_and_revokes_nothing(http, make, wrong):
    made = make.tokens.code(make.clients.spa())
    refused = redeem(http, made, **wrong)
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")
    assert redeem(http, made).status_code == 200


def test_another_client_cannot_redeem_nor_revoke_a_code(http, make):
    made, stranger = make.tokens.code(make.clients.spa()), make.clients.spa()
    refused = redeem(http, made, client_id=stranger.client_id)
    assert refused.json["error"] == "invalid_grant"
    tokens = redeem(http, made).json
    redeem(http, made, client_id=stranger.client_id)
    assert userinfo(http, tokens["access_token"]).status_code == 200


def test_a_replay_by_the_rightful_client_revokes_all_that_came_from_the_code(
    http, make, app
):
    made = make.tokens.code(make.clients.spa())
    tokens = redeem(http, made).json
    replayed = redeem(http, made)
    assert replayed.json["error"] == "invalid_grant"
    assert userinfo(http, tokens["access_token"]).status_code == 401
    refused = refresh(http, made.client, tokens["refresh_token"])
    assert refused.json["error"] == "invalid_grant"
    with app.app_context():
        assert db.session.query(AuditEvent).filter_by(event="code.replayed").one()


def test_a_replay_with_a_wrong_verifier_revokes_nothing(http, make):
    made = make.tokens.code(make.clients.spa())
    tokens = redeem(http, made).json
    redeem(http, made, code_verifier="w" * 43)
    assert userinfo(http, tokens["access_token"]).status_code == 200


def test_a_code_lives_for_a_minute(http, make, clock):
    made = make.tokens.code(make.clients.spa())
    clock.tick(seconds=60)
    assert redeem(http, made).json["error"] == "invalid_grant"


def test_who_proves_the_code_by_its_verifier_may_leave_out_the_redirect_uri(http, make):
    """OAuth 2.1 has it no more; what is sent has to fit as before."""
    several = make.clients.spa(redirect_uris=[CALLBACK, "https://app.example/2"])
    made = make.tokens.code(several)
    wrong = redeem(http, made, redirect_uri="https://app.example/2")
    assert wrong.json["error"] == "invalid_grant"
    other = redeem(http, made, redirect_uri=None, code_verifier="w" * 43)
    assert other.json["error"] == "invalid_grant"
    assert redeem(http, made, redirect_uri=None).status_code == 200
    assert redeem(http, made, redirect_uri=None).json["error"] == "invalid_grant"


def test_without_a_verifier_a_missing_redirect_uri_is_named(http, make):
    uris = [CALLBACK, "https://app.example/2"]
    made = make.tokens.code(make.clients.web_client(redirect_uris=uris))
    unproven = {"redirect_uri": None, "code_verifier": None}
    refused = redeem_with_secret(http, made, **unproven)
    assert refused.json["error"] == "invalid_request"
    assert "redirect_uri" in refused.json["error_description"]


def test_a_missing_code_is_named(http, make):
    refused = redeem(http, make.tokens.code(make.clients.spa()), code=None)
    assert refused.json["error"] == "invalid_request"
    assert "code" in refused.json["error_description"]


def test_a_code_of_a_disabled_user_buys_nothing(http, make):
    made = make.tokens.code(make.clients.spa())
    make.users.disable(made.user_id)
    assert redeem(http, made).json["error"] == "invalid_grant"


def test_a_code_without_challenge_is_for_clients_that_pkce_was_waived_for(http, make):
    client = make.clients.client(require_pkce=False)
    made = make.tokens.code(client, code_challenge=None)
    with_verifier = redeem_with_secret(http, made)
    assert with_verifier.json["error"] == "invalid_grant"
    without = redeem_with_secret(http, made, code_verifier=None)
    assert without.status_code == 200


def test_nothing_usable_is_stored(http, make, app):
    made = make.tokens.code(make.clients.spa())
    tokens = redeem(http, made).json
    with app.app_context():
        code = db.session.query(AuthorizationCode).one()
        assert made.code not in str(vars(code))
        assert code.code_challenge == s256(VERIFIER)
        family, _, mac = tokens["refresh_token"].split(".")
        rows = [str(vars(row)) for row in db.session.query(Grant)]
        assert not any(mac in row for row in rows)
        assert family


def test_a_grant_without_offline_access_ends_with_the_browser_session(
    http, make, clock
):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["refresh_token"]
    for _ in range(15):
        clock.tick(minutes=95)
        token = refresh(http, made.client, token).json["refresh_token"]
    clock.tick(minutes=15, seconds=-30)
    last = refresh(http, made.client, token).json
    assert last["expires_in"] == 30
    clock.tick(seconds=31)
    refused = refresh(http, made.client, last["refresh_token"])
    assert refused.json["error"] == "invalid_grant"


def test_a_grant_with_offline_access_outlives_the_browser_session(http, make, clock):
    made = make.tokens.code(make.clients.spa(), scope="openid offline_access")
    token = redeem(http, made).json["refresh_token"]
    clock.tick(days=7)
    assert refresh(http, made.client, token).status_code == 200


def test_the_id_token_has_what_the_sign_in_had(http, make, clock):
    made = make.tokens.code(make.clients.spa(), acr="urn:acr:two", amr=["pwd", "otp"])
    told = claims_of(http, redeem(http, made).json["id_token"])
    assert told["sub"] == made.user_id
    assert told["aud"] == made.client.client_id
    assert told["nonce"] == "a-nonce"
    assert told["acr"] == "urn:acr:two"
    assert told["amr"] == ["pwd", "otp"]
    assert told["sid"] == made.session_id
    assert told["auth_time"] == int(clock.now.timestamp())
    assert told["exp"] - told["iat"] == 600
    assert "azp" not in told
