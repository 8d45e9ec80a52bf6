"""The built-in client of the account API, and who its tokens let in."""

import pytest
from flask import Flask

from idp.core.db import db
from idp.core.paging import FirstItems
from idp.oauth.clients import registry
from idp.oauth.clients import search as client_search
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.changes import UnknownClient, change_client, disable_client
from idp.oauth.clients.declared import apply_client
from idp.oauth.clients.edits.deletion import delete_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.keys.rotation import ensure_keys

RESOURCE = "https://idp.example/account"
SPA_ORIGIN = "https://app.example"


@pytest.fixture(autouse=True)
def keys(app: Flask):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()


def sign_in(http, person):
    body = {"login": person.email, "password": person.password}
    return http.post("/auth/login", json=body).json


def me(http, token, **headers):
    authorization = {"Authorization": f"Bearer {token}"}
    return http.get("/auth/me", headers=authorization | headers)


def test_nobody_sees_it_among_the_clients(app):
    with app.app_context():
        assert registry.list_clients() == []
        found = client_search.search(client_search.Wanted(), FirstItems(9), of="all")
        assert found.items == []


def test_nobody_changes_it(app):
    with app.app_context():
        metadata = {"redirect_uris": ["https://evil.example/cb"]}
        for attempt in (
            lambda: change_client(ACCOUNT_CLIENT, metadata),
            lambda: disable_client(ACCOUNT_CLIENT),
            lambda: delete_client(ACCOUNT_CLIENT),
        ):
            with pytest.raises(UnknownClient):
                attempt()
        for attempt in (
            lambda: registry.register_client(metadata, client_id=ACCOUNT_CLIENT),
            lambda: apply_client({"client_id": ACCOUNT_CLIENT, **metadata}),
        ):
            with pytest.raises(InvalidClientMetadata):
                attempt()


def test_it_sends_nobody_anywhere(http):
    query = {
        "client_id": ACCOUNT_CLIENT,
        "redirect_uri": "https://evil.example/cb",
        "response_type": "code",
    }
    answer = http.get("/oauth2/authorize", query_string=query)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_it_is_no_app_that_a_person_uses(app, http, make):
    ada = make.users.account()
    sign_in(http, ada)
    make.browsers.sign_in(http, person=ada)
    page = http.get("/logout", headers={"Accept": "text/html"}).text
    assert "Account API" not in page


def test_its_tokens_open_the_account_api_alone(http, make):
    token = sign_in(http, make.users.account())["access_token"]
    assert me(http, token).status_code == 200
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get("/oauth2/userinfo", headers=headers).status_code == 401


def tokens_for(http, make, *, scope: str, resource: list[str] | None):
    client = make.clients.spa(
        scope="openid profile account", redirect_uris=[f"{SPA_ORIGIN}/callback"]
    )
    person = make.users.signed_in_person(password_hash=None)
    made = make.tokens.code(
        client, scope=f"openid {scope}", resource=resource, person=person
    )
    form = made.form | ({"resource": resource[0]} if resource else {})
    return http.post("/oauth2/token", data=form).json


def test_an_apps_token_counts_when_it_is_for_this_audience_and_scope(http, make):
    tokens = tokens_for(http, make, scope="account", resource=[RESOURCE])
    answer = me(http, tokens["access_token"], Origin=SPA_ORIGIN)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SPA_ORIGIN
    answer = me(http, tokens["access_token"], Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_another_audience_or_scope_does_not(http, make):
    tokens = tokens_for(http, make, scope="account", resource=None)
    assert me(http, tokens["access_token"]).json["code"] == "invalid_token"
    tokens = tokens_for(http, make, scope="profile", resource=[RESOURCE])
    answer = me(http, tokens["access_token"])
    assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope")
    assert me(http, tokens["id_token"]).json["code"] == "invalid_token"


def test_a_preflight_is_answered_for_registered_origins(http, make):
    make.clients.spa(redirect_uris=[f"{SPA_ORIGIN}/callback"])
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    for origin, allowed in ((SPA_ORIGIN, SPA_ORIGIN), ("https://evil.example", None)):
        answer = http.options("/auth/me", headers={**asked, "Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        assert "Access-Control-Allow-Credentials" not in answer.headers
