"""Refresh token families: rotation, grace, reuse."""

from idp.core.db import db
from idp.oauth.models import RefreshFamily
from idp.security.models import AuditEvent
from tests.oauth.calls import claims_of, redeem, refresh, userinfo


def test_each_use_rotates_the_token(http, make):
    spa = make.clients.spa()
    first = make.tokens.refresh_token(spa)
    second = refresh(http, spa, first).json["refresh_token"]
    third = refresh(http, spa, second).json["refresh_token"]
    assert len({first, second, third}) == 3


def test_a_lost_answer_is_given_again_within_the_grace(http, make, clock):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    lost = refresh(http, spa, token).json
    clock.tick(seconds=10)
    again = refresh(http, spa, token).json
    assert again["refresh_token"] == lost["refresh_token"]
    assert again["access_token"] != lost["access_token"]
    assert refresh(http, spa, again["refresh_token"]).status_code == 200


def test_the_grace_is_not_prolonged_by_a_replay(http, make, clock):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    refresh(http, spa, token)
    clock.tick(seconds=6)
    assert refresh(http, spa, token).status_code == 200
    clock.tick(seconds=6)
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


def test_reuse_after_the_grace_window_revokes_the_whole_family(http, make, clock, app):
    spa = make.clients.spa()
    stolen = make.tokens.refresh_token(spa)
    answer = refresh(http, spa, stolen).json
    clock.tick(seconds=11)
    assert refresh(http, spa, stolen).json["error"] == "invalid_grant"
    successor = refresh(http, spa, answer["refresh_token"])
    assert successor.json["error"] == "invalid_grant"
    assert userinfo(http, answer["access_token"]).status_code == 401
    with app.app_context():
        assert db.session.query(AuditEvent).filter_by(event="refresh.reused").one()


def test_a_token_two_generations_old_is_reuse_even_within_the_grace(http, make, clock):
    spa = make.clients.spa()
    first = make.tokens.refresh_token(spa)
    second = refresh(http, spa, first).json["refresh_token"]
    third = refresh(http, spa, second).json["refresh_token"]
    assert refresh(http, spa, first).json["error"] == "invalid_grant"
    assert refresh(http, spa, third).json["error"] == "invalid_grant"


def test_once_the_successor_was_used_the_predecessor_is_reuse(http, make, clock):
    spa = make.clients.spa()
    first = make.tokens.refresh_token(spa)
    second = refresh(http, spa, first).json["refresh_token"]
    refresh(http, spa, second)
    assert refresh(http, spa, first).json["error"] == "invalid_grant"


def test_a_guess_revokes_nothing(http, make, clock):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    family, generation, mac = token.split(".")
    clock.tick(minutes=1)
    for guess in (
        f"{family}.{generation}.{'A' * 43}",
        f"{family}.7.{mac}",
        f"{family}.-1.{mac}",
        f"{family}..{mac}",
        f"{family}.{generation}.{mac}x",
        f"{family}.{generation}.",
        family,
        "x" * 5000,
        "é.0.ü",
    ):
        assert refresh(http, spa, guess).json["error"] == "invalid_grant"
    assert refresh(http, spa, token).status_code == 200


def test_another_clients_token_is_refused_and_stays_good(http, make, app):
    owner, thief = make.clients.spa(), make.clients.spa()
    token = make.tokens.refresh_token(owner)
    assert refresh(http, thief, token).json["error"] == "invalid_grant"
    assert refresh(http, owner, token).status_code == 200
    with app.app_context():
        refused = db.session.query(AuditEvent).filter_by(event="client.auth.fail").one()
        assert refused.client_id == thief.client_id


def test_a_token_ends_after_two_weeks_unused(http, make, clock):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid offline_access")
    clock.tick(days=13)
    token = refresh(http, spa, token).json["refresh_token"]
    clock.tick(days=14)
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


def test_a_chain_ends_after_thirty_days_however_often_it_is_used(http, make, clock):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid offline_access")
    for _ in range(2):
        clock.tick(days=12)
        token = refresh(http, spa, token).json["refresh_token"]
    clock.tick(days=6)
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


def test_refresh_narrows_the_scope_and_widens_it_back_but_never_further(http, make):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid profile")
    narrow = refresh(http, spa, token, scope="profile").json
    assert narrow["scope"] == "profile"
    assert "id_token" not in narrow
    whole = refresh(http, spa, narrow["refresh_token"]).json
    assert whole["scope"] == "openid profile"
    wider = refresh(http, spa, whole["refresh_token"], scope="openid profile email")
    assert wider.json["scope"] == "openid profile"


def test_a_refresh_that_repeats_what_was_asked_first_gets_what_was_granted(http, make):
    """AppAuth and requests-oauthlib repeat it; users may have unticked some."""
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa, scope="openid profile")
    repeated = refresh(http, spa, token, scope="openid profile phone address").json
    assert repeated["scope"] == "openid profile"
    other = refresh(http, spa, repeated["refresh_token"], scope="phone address")
    assert other.json["error"] == "invalid_scope"
    assert refresh(http, spa, repeated["refresh_token"]).status_code == 200


def test_subject_and_auth_time_survive_and_the_nonce_does_not(http, make, clock):
    made = make.tokens.code(make.clients.spa())
    first = redeem(http, made).json
    before = claims_of(http, first["id_token"])
    clock.tick(minutes=5)
    again = refresh(http, made.client, first["refresh_token"]).json
    after = claims_of(http, again["id_token"])
    kept = ("iss", "sub", "aud", "auth_time", "sid")
    assert {k: after[k] for k in kept} == {k: before[k] for k in kept}
    assert after["iat"] == before["iat"] + 300
    assert "nonce" not in after


def test_a_disabled_user_refreshes_nothing(http, make):
    spa, person = make.clients.spa(), make.users.signed_in_person()
    token = make.tokens.refresh_token(spa, person=person)
    make.users.disable(person[0])
    assert refresh(http, spa, token).json["error"] == "invalid_grant"


def test_a_confidential_client_has_to_authenticate(http, make):
    client = make.clients.web_client()
    token = make.tokens.refresh_token(client)
    assert refresh(http, client, token).json["error"] == "invalid_client"
    form = {"grant_type": "refresh_token", "refresh_token": token}
    by_basic = http.post("/oauth2/token", data=form, headers=client.basic)
    assert by_basic.status_code == 200


def test_a_missing_token_is_named(http, make):
    refused = refresh(http, make.clients.spa(), "")
    assert refused.json["error"] == "invalid_request"
    assert "refresh_token" in refused.json["error_description"]


def test_a_client_without_the_grant_type_is_told(http, make):
    spa = make.clients.spa(grant_types=["authorization_code"])
    refused = refresh(http, spa, make.tokens.refresh_token(spa))
    assert refused.json["error"] == "unauthorized_client"


def test_the_row_holds_nothing_that_could_be_presented(http, make, app):
    spa = make.clients.spa()
    token = make.tokens.refresh_token(spa)
    with app.app_context():
        row = db.session.query(RefreshFamily).one()
        assert token.split(".")[2] not in str(vars(row))
