"""Trying an app: the sign-in that it would do, and what it would get."""

from datetime import timedelta

import pytest

from idp.accounts.groups.registry import GroupDeclaration, create_group
from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.models import ClientTrial, Grant, RefreshFamily
from idp.security.models import AuditEvent
from tests.admin.pages.pages_of_clients import AdminBrowser, words_of
from tests.admin.trials import (
    TRY,
    Trial,
    path_of,
    post_answer,
    shown,
    token_in,
)
from tests.hosted_pages import ORIGIN, follow, press, read_page


@pytest.fixture
def app(app):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def person(http, make):
    """An admin who signed in just now in ``http``."""
    return make.browsers.sign_in(
        http, email="root@example.com", name="Root", roles=["admin"]
    )


def userinfo(app, token) -> int:
    """Return what UserInfo answers to a holder of a token."""
    http = app.test_client(use_cookies=False)
    bearer = {"Authorization": f"Bearer {token}"}
    return http.get("/oauth2/userinfo", headers=bearer).status_code


def events(app, *names) -> list[tuple[str, str]]:
    with app.app_context():
        found = db.select(AuditEvent).where(AuditEvent.event.in_(names))
        rows = db.session.scalars(found.order_by(AuditEvent.id))
        return [(row.event, row.outcome) for row in rows]


CLIENTS = {
    "a web app": {},
    "a public app": {"token_endpoint_auth_method": "none"},
    "a native app": {
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["com.example.app:/callback"],
    },
    "an app of loopback": {
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["http://127.0.0.1/callback"],
    },
}


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_trial_shows_what_the_app_would_get(app, http, make, person, kind):
    client = make.clients.client(**CLIENTS[kind])
    page = Trial(http, client).finish()
    found = shown(page)
    assert found["ID token"]["aud"] == client.client_id
    assert found["ID token"]["sub"] == person.person.id
    assert found["Access token"]["client_id"] == client.client_id
    assert found["UserInfo"]["email"] == "root@example.com"
    assert userinfo(app, token_in(page, "Access token")) == 200
    assert events(app, "client.tried") == [("client.tried", "ok")]


def test_an_app_without_pkce_is_tried_as_well(http, make, person):
    client = make.clients.web_client(require_pkce=False)
    assert "ID token" in shown(Trial(http, client).finish())


def test_consent_is_asked_for_as_the_app_would(http, make, person):
    client = make.clients.web_client()
    page = follow(http, Trial(http, client).start())
    assert 'value="allow"' in page.text
    denied = follow(http, press(http, page, decision="deny"))
    said = words_of(press(http, denied))
    assert "The app would be told access_denied" in said


@pytest.mark.parametrize("environ", [{"IDP_ACCESS_TOKEN_SECONDS": "3600"}])
def test_there_is_no_refresh_token_and_nothing_outlives_ten_minutes(
    app, http, make, person, clock
):
    client = make.clients.web_client(
        scope="openid email offline_access", access_token_seconds=3600
    )
    trial = Trial(http, client)
    page = trial.finish(scope=["openid", "email", "offline_access"])
    token = token_in(page, "Access token")
    claims = shown(page)["Access token"]
    assert claims["exp"] - claims["iat"] <= 600
    assert "offline_access" not in words_of(page)
    with app.app_context():
        assert db.session.query(RefreshFamily).count() == 0
        grant = db.session.scalars(db.select(Grant)).one()
        assert not grant.offline
        assert grant.expires_at == clock.now + timedelta(minutes=10)
    clock.tick(minutes=9)
    assert userinfo(app, token) == 200
    clock.tick(minutes=2)
    assert userinfo(app, token) == 401


def test_done_ends_the_tokens_once(app, http, make, person):
    client = make.clients.web_client()
    page = Trial(http, client).finish()
    token = token_in(page, "Access token")
    form = next(f for f in read_page(page).forms if f.action.endswith("/done"))
    for _ in range(2):  # by its button, and because the page was left
        done = http.post(
            form.action, data=dict(form.fields), headers={"Origin": ORIGIN}
        )
        assert done.status_code == 303
    assert userinfo(app, token) == 401
    names = ("client.tried", "client.trial.ended")
    assert set(events(app, *names)) == {(name, "ok") for name in names}


def test_tokens_for_an_api_are_shown_and_userinfo_says_why_not(http, make, person):
    make.clients.api("https://api.example", "read", "write")
    client = make.clients.web_client(
        scope="openid read write", apis=["https://api.example"]
    )
    page = Trial(http, client).finish(
        scope=["openid", "read"], resource="https://api.example"
    )
    claims = shown(page)["Access token"]
    assert (claims["aud"], claims["scope"]) == ("https://api.example", "read")
    assert "UserInfo" not in shown(page)
    assert "It would refuse this access token" in words_of(page)


def test_what_the_endpoint_refuses_is_shown_as_the_app_would_read_it(
    app, http, make, person
):
    client = make.clients.web_client()
    trial = Trial(http, client)
    refused = press(http, trial.reach(resource="https://nowhere.example"))
    assert "The app would be told invalid_target" in words_of(refused)
    silent = press(http, trial.reach(prompt="none"))
    assert "The app would be told consent_required" in words_of(silent)
    assert events(app, "client.tried") == [("client.tried", "refused")] * 2


def test_an_app_that_is_not_for_the_admin_says_so(app, http, make, person):
    client = make.clients.web_client()
    with app.app_context():
        group = create_group(GroupDeclaration("staff", "")).name
        held = {
            **get_client(client.client_id).registered,
            "access": {"groups": [group]},
        }
        change_client(client.client_id, held)
        db.session.commit()
    page = follow(http, Trial(http, client).start())
    assert "You have no access to" in words_of(page)
    told = words_of(press(http, press(http, page)))
    assert "The app would be told access_denied" in told
    assert "see People & roles" in told


@pytest.mark.parametrize("roles", [["support"], ["auditor"], []])
def test_who_may_change_no_app_tries_none(http, make, roles):
    client = make.clients.web_client()
    make.browsers.sign_in(http, roles=roles)
    assert http.get(path_of(client)).status_code == 403
    assert post_answer(http, {"state": "x"}).status_code == 403
    page = http.get(f"/admin/clients/{client.client_id}")
    assert "Try it" not in page.text


def test_an_app_that_cannot_be_tried_says_why(http, make, person):
    off, device = make.clients.web_client(), make.clients.device_client()
    admin = AdminBrowser(http)
    danger = f"/admin/clients/{off.client_id}/danger"
    admin.send(danger, {"action": "disable"})
    assert "This app is off" in words_of(admin.open(path_of(off)))
    assert "signs nobody in by a browser" in words_of(admin.open(path_of(device)))
    machine = make.clients.machine_client()
    assert "Try it" not in admin.open(f"/admin/clients/{machine.client_id}").text
    for client in (off, machine):
        refused = admin.send(path_of(client), {}, on="/admin/groups/new")
        assert refused.status_code in (200, 403)
        assert "Start" not in refused.text


def test_a_trial_wants_a_sign_in_of_the_last_minutes(http, make, person, clock):
    client = make.clients.web_client()
    clock.tick(minutes=11)
    asked = Trial(http, client).start()
    assert asked.status_code == 303
    assert asked.location.startswith("/account/confirm")


def test_old_trials_go(app, http, make, person, clock):
    Trial(http, make.clients.web_client()).finish()
    clock.tick(days=2)
    with app.app_context():
        jobs.purge_expired()
        assert db.session.query(ClientTrial).count() == 0


def test_the_address_shows_nothing_by_itself(http, person):
    answer = http.get(TRY)
    assert (answer.status_code, answer.location) == (303, "/admin/clients")
