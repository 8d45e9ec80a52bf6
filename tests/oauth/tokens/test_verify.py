"""What an access token is worth, wherever it is shown."""

import pytest

from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.changes import disable_client, enable_client
from idp.oauth.tokens import issue
from idp.security.models import AuditEvent
from tests.oauth.calls import claims_of, introspect, redeem, refresh, revoke, userinfo

ACCOUNT = "https://idp.example/account"
ISSUER = "https://idp.example"


def me(http, token):
    return http.get("/auth/me", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def spa(make):
    return make.clients.spa(scope="openid account")


@pytest.fixture
def token(http, make, spa):
    made = make.tokens.code(spa, scope="openid account", resource=[ISSUER, ACCOUNT])
    return redeem(http, made).json["access_token"]


def test_a_live_token_opens_userinfo_and_the_account_api(http, token):
    assert userinfo(http, token).status_code == 200
    assert me(http, token).status_code == 200


def test_a_disabled_clients_tokens_open_nothing_until_it_is_enabled(
    app, http, spa, token
):
    with app.app_context():
        disable_client(spa.client_id)
        db.session.commit()
    assert userinfo(http, token).status_code == 401
    assert me(http, token).status_code == 401
    with app.app_context():
        enable_client(spa.client_id)
        db.session.commit()
    assert me(http, token).status_code == 200


def test_a_revoked_token_opens_nothing(http, spa, token):
    assert revoke(http, spa, token).status_code == 200
    assert userinfo(http, token).status_code == 401
    assert me(http, token).status_code == 401


def test_a_spent_refresh_token_can_be_revoked_and_that_is_recorded(app, http, make):
    spa = make.clients.spa()
    first = make.tokens.refresh_token(spa)
    second = refresh(http, spa, first).json["refresh_token"]
    third = refresh(http, spa, second).json["refresh_token"]
    assert revoke(http, spa, first).status_code == 200
    assert refresh(http, spa, third).json["error"] == "invalid_grant"
    with app.app_context():
        token_events = ("token.revoked", "refresh.reused")
        wanted = AuditEvent.event.in_(token_events)
        (recorded,) = db.session.query(AuditEvent).filter(wanted)
        assert (recorded.event, recorded.client_id) == ("token.revoked", spa.client_id)


def test_a_token_that_is_bound_to_its_sender_says_so(app, http, make):
    machine, sender = make.clients.machine_client(), {"jkt": "thumbprint"}
    with app.app_context():
        bound = issue.to_client(
            find_client(machine.client_id),
            scope="read",
            resources=(),
            sender=sender,
            now=utcnow(),
        )
        db.session.commit()
    assert claims_of(http, bound.access_token)["cnf"] == sender
    assert introspect(http, machine, bound.access_token).json["cnf"] == sender
