"""The pages about one app: setup, settings, consent, activity, danger zone."""

import json

from sqlalchemy import select

from idp.core.db import db
from idp.oauth.clients.registry import list_clients, register_client
from idp.oauth.models import ClientSecret, Grant
from idp.security.models import AuditEvent
from tests.admin.pages.pages_of_clients import (
    AdminBrowser,
    errors_of,
    path_of,
    row_of,
    words_of,
)
from tests.hosted_pages import read_page
from tests.rp import RelyingParty

URIS = "https://app.example/cb"


def settings(**changed) -> dict:
    usual = {
        "client_name": "Notes",
        "redirect_uris": URIS,
        "post_logout_redirect_uris": "",
        "token_endpoint_auth_method": "client_secret_basic",
        "refresh": "1",
        "require_pkce": "1",
        "id_token_signed_response_alg": "ES256",
        "access_token_signed_response_alg": "ES256",
    }
    return {name: value for name, value in (usual | changed).items() if value != ""}


def test_the_setup_page_fills_the_snippets_and_never_holds_a_secret(admin, make):
    client = make.clients.web_client()
    page = admin.open(path_of(client))
    assert client.client_id in page.text
    assert "https://idp.example/.well-known/openid-configuration" in page.text
    assert client.client_secret not in page.text
    assert "Nobody has signed in yet" in words_of(page)


def test_settings_change_what_the_app_may_do_at_once(admin, app, make):
    client = make.clients.web_client()
    changed = f"{URIS}\nhttps://app.example/other"
    sent = settings(client_name="Journal", redirect_uris=changed)
    assert admin.send(path_of(client, "settings"), sent).status_code == 303
    row = row_of(app, client)
    assert row.client_name == "Journal"
    assert row.registered["redirect_uris"] == changed.split("\n")
    asked = RelyingParty(admin.http, client).ask(
        redirect_uri="https://app.example/other"
    )
    assert asked.status_code in (302, 303)


def test_each_wrong_redirect_uri_is_named_with_its_fix(admin, app, make):
    client = make.clients.web_client()
    wrong = "http://app.example/cb\nhttps://app.example/#x\nhttps://*.app.example/cb"
    page = admin.send(path_of(client, "settings"), settings(redirect_uris=wrong))
    errors = errors_of(page)
    assert "use https (http is for localhost" in errors
    assert "drop the #" in errors
    assert "wildcard" in errors
    assert wrong.split("\n", maxsplit=1)[0] in page.text
    assert row_of(app, client).registered["redirect_uris"] == [client.redirect_uri]


def test_pkce_can_be_waived_for_an_app_with_a_secret_only(admin, app, make):
    web, spa = make.clients.web_client(), make.clients.spa()
    admin.send(path_of(web, "settings"), settings(require_pkce=""))
    assert row_of(app, web).require_pkce is False
    sent = settings(require_pkce="", token_endpoint_auth_method="none")
    page = admin.send(path_of(spa, "settings"), sent)
    assert "can be waived for clients with a secret only" in errors_of(page)
    assert row_of(app, spa).require_pkce is True


def test_an_app_that_becomes_public_loses_its_secrets(admin, app, make):
    client = make.clients.web_client()
    admin.send(path_of(client, "settings"), settings(token_endpoint_auth_method="none"))
    with app.app_context():
        assert db.session.scalars(select(ClientSecret)).all() == []


def test_all_metadata_can_be_edited_as_json(admin, app, make):
    client = make.clients.web_client()
    metadata = row_of(app, client).registered | {"default_max_age": 300}
    sent = {"metadata": json.dumps(metadata)}
    assert admin.send(path_of(client, "settings"), sent).status_code == 303
    assert row_of(app, client).registered["default_max_age"] == 300


def test_json_mistakes_are_explained_and_what_was_typed_stays(admin, make):
    client = make.clients.web_client()
    page = admin.send(path_of(client, "settings"), {"metadata": '{"scope": "openid",}'})
    assert "no JSON object" in errors_of(page)
    assert "openid&#34;,}" in page.text
    page = admin.send(path_of(client, "settings"), {"metadata": '{"redirect_uri": 1}'})
    assert "did you mean redirect_uris?" in errors_of(page)


def test_a_device_keeps_its_grant_when_refresh_tokens_are_turned_off(admin, app, make):
    client = make.clients.device_client()
    page = admin.open(path_of(client, "settings"))
    assert 'name="redirect_uris"' not in page.text
    fields = dict(read_page(page).forms[0].fields)
    del fields["refresh"]
    admin.send(path_of(client, "settings"), fields)
    kept = row_of(app, client).registered
    assert kept["grant_types"] == ["urn:ietf:params:oauth:grant-type:device_code"]


def test_a_machine_has_no_fields_of_browsers_and_keeps_its_grant(admin, app, make):
    client = make.clients.machine_client()
    page = admin.open(path_of(client, "settings"))
    assert 'name="redirect_uris"' not in page.text
    admin.send(path_of(client, "settings"), settings(client_name="Nightly job"))
    row = row_of(app, client)
    assert row.client_name == "Nightly job"
    assert row.registered["grant_types"] == ["client_credentials"]


def test_first_party_apps_skip_the_consent_page(admin, make):
    client = make.clients.spa(scope="openid email")
    rp = RelyingParty(admin.http, client)
    assert "wants to use your" in words_of(rp.reach())
    sent = {"scope": "openid email", "first_party": "1"}
    assert admin.send(path_of(client, "consent"), sent).status_code == 303
    assert rp.finish(rp.reach()).claims["sub"]


def test_logout_addresses_are_settings_and_a_bad_one_is_explained(admin, app, make):
    client = make.clients.web_client()
    told = {
        "initiate_login_uri": "https://app.example/login",
        "backchannel_logout_uri": "https://93.184.216.34/backchannel",
        "frontchannel_logout_uri": "https://app.example/frontchannel",
    }
    assert admin.send(path_of(client, "settings"), settings(**told)).status_code == 303
    assert told.items() <= row_of(app, client).registered.items()
    inside = settings(backchannel_logout_uri="https://127.0.0.1/x")
    page = admin.send(path_of(client, "settings"), inside)
    assert "must be https on a public address" in errors_of(page)
    admin.send(path_of(client, "settings"), settings() | dict.fromkeys(told, ""))
    assert told.keys().isdisjoint(row_of(app, client).registered)


def test_lifetimes_are_settings_and_a_wrong_one_is_explained(admin, app, make):
    client = make.clients.web_client()
    path = path_of(client, "settings")
    sent = settings(access_token_seconds="120", refresh_idle_seconds=" 3600 ")
    assert admin.send(path, sent).status_code == 303
    registered = row_of(app, client).registered
    assert registered["access_token_seconds"] == 120
    assert registered["refresh_idle_seconds"] == 3600
    assert "id_token_seconds" not in registered
    page = admin.send(path, settings(access_token_seconds="ten minutes"))
    assert "must be a number of seconds, 60 to" in errors_of(page)
    admin.send(path, settings() | {"access_token_seconds": ""})
    assert "access_token_seconds" not in row_of(app, client).registered


def test_origins_and_claims_in_the_id_token_are_settings(admin, app, make):
    client = make.clients.spa()
    path = path_of(client, "settings")
    sent = settings(
        token_endpoint_auth_method="none",
        allowed_origins="capacitor://localhost\nhttps://other.example",
        claims_in_id_token="1",
    )
    assert admin.send(path, sent).status_code == 303
    registered = row_of(app, client).registered
    assert registered["allowed_origins"][0] == "capacitor://localhost"
    assert registered["id_token_claims"] == "scope"
    emptied = settings(token_endpoint_auth_method="none") | {"allowed_origins": ""}
    assert admin.send(path, emptied).status_code == 303
    registered = row_of(app, client).registered
    assert registered.keys().isdisjoint({"allowed_origins", "id_token_claims"})


def test_a_scope_that_does_not_fit_is_explained(admin, make):
    client = make.clients.spa()
    page = admin.send(path_of(client, "consent"), {"scope": 'openid "all"'})
    assert "must be scope values with single spaces between" in errors_of(page)


def test_activity_lists_who_signed_in(admin, make):
    client, path = make.clients.spa(), "/admin/clients"
    assert "Nobody has signed in" in words_of(admin.open(path_of(client, "activity")))
    person = make.users.signed_in_person(email="grace@example.com")
    make.tokens.code(client, person=person)
    page = words_of(admin.open(path_of(client, "activity")))
    assert "1 sign-in in the last 30 days" in page
    assert "grace@example.com" in page
    assert "Works" in words_of(admin.open(path_of(client)))
    assert "Not lately" not in words_of(admin.open(path))


def test_a_disabled_app_signs_nobody_in_until_it_is_enabled(admin, app, make):
    client = make.clients.spa()
    rp = RelyingParty(admin.http, client)
    assert (
        admin.send(path_of(client, "danger"), {"action": "disable"}).status_code == 303
    )
    assert rp.ask().status_code == 400
    assert "Off" in words_of(admin.open(path_of(client)))
    admin.send(path_of(client, "danger"), {"action": "enable"})
    assert rp.ask().status_code in (302, 303)


def test_deleting_wants_the_id_typed_and_takes_everything_along(admin, app, make):
    client, other = make.clients.web_client(), make.clients.web_client()
    make.tokens.code(client)
    page = admin.send(
        path_of(client, "danger"), {"action": "delete", "confirmation": "yes"}
    )
    assert "Type the client ID exactly" in errors_of(page)
    typed = {"action": "delete", "confirmation": client.client_id}
    assert admin.send(path_of(client, "danger"), typed).status_code == 303
    assert admin.http.get(path_of(client)).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Grant)).all() == []
        assert [left.client_id for left in list_clients()] == [other.client_id]


def test_every_change_is_in_the_audit_log_with_who_made_it(app, http, make):
    signed_in = make.browsers.sign_in(http, roles=["admin"])
    admin, client = AdminBrowser(http), make.clients.web_client()
    admin.send(path_of(client, "settings"), settings(client_name="Journal"))
    admin.send(path_of(client, "danger"), {"action": "disable"})
    typed = {"action": "delete", "confirmation": client.client_id}
    admin.send(path_of(client, "danger"), typed)
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEvent).where(AuditEvent.user_id == signed_in.user_id)
        )
        told = [(row.event, row.client_id, row.detail.get("changed")) for row in rows]
    assert ("client.changed", client.client_id, ["disabled"]) in told
    assert ("client.deleted", client.client_id, None) in told
    renamed = next(names for event, _, names in told if event == "client.changed")
    assert "client_name" in renamed


def test_an_id_of_any_spelling_has_its_pages(admin, app):
    with app.app_context():
        for client_id in ("https://a.example/?x=1#y", "new"):
            register_client({"redirect_uris": [URIS]}, client_id=client_id)
        db.session.commit()
    links = set(read_page(admin.open("/admin/clients")).links)
    pages = [link for link in links if "%25" in link]
    assert len(pages) == 2
    for page in pages:
        assert "Discovery document" in words_of(admin.open(page))
        sent = settings(client_name="Renamed")
        assert admin.send(f"{page}/settings", sent).status_code == 303


def test_an_unknown_app_is_a_404(admin):
    for tab in ("", "/settings", "/secrets", "/branding", "/consent", "/danger"):
        assert admin.http.get(f"/admin/clients/nobody{tab}").status_code == 404
