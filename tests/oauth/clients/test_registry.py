"""Registering clients."""

import json

import pytest

from idp.core.db import db
from idp.core.randomness import digest
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.declared import apply_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.clients.registry import ClientIdTaken, list_clients, register_client
from idp.oauth.clients.secrets import list_secrets
from idp.oauth.models import ClientSecret
from idp.security.models import AuditEvent
from tests.oauth.calls import client_credentials

WEB = {
    "client_name": "Notes",
    "redirect_uris": ["https://app.example/cb"],
    "id_token_signed_response_alg": "ES256",
}


@pytest.fixture
def in_app(app):
    with app.app_context():
        yield app


def test_the_response_is_that_of_rfc_7591(in_app):
    response = register_client(WEB).as_response()
    json.dumps(response)
    assert response["client_id"]
    assert len(response["client_secret"]) == 43
    assert response["client_secret_expires_at"] == 0
    assert isinstance(response["client_id_issued_at"], int)
    assert response["redirect_uris"] == WEB["redirect_uris"]
    assert response["grant_types"] == ["authorization_code"]


def test_a_public_client_has_no_secret(in_app):
    response = register_client(WEB | {"token_endpoint_auth_method": "none"})
    assert "client_secret" not in response.as_response()
    assert find_client(response.client_id).public


def test_only_the_digest_of_a_secret_is_stored(in_app):
    made = register_client(WEB)
    row = db.session.query(ClientSecret).one()
    assert row.digest == digest(made.client_secret)
    assert made.client_secret not in str(vars(row))
    assert made.client_secret not in repr(find_client(made.client_id))


def test_registration_is_recorded(in_app):
    made = register_client(WEB)
    db.session.flush()
    row = db.session.query(AuditEvent).filter_by(event="client.created").one()
    assert row.client_id == made.client_id


def test_an_id_is_registered_once(in_app):
    register_client(WEB, client_id="notes")
    with pytest.raises(ClientIdTaken, match="registered already"):
        register_client(WEB, client_id="notes")


def test_pkce_is_waived_for_clients_with_a_secret_only(in_app):
    made = register_client(WEB, require_pkce=False)
    assert find_client(made.client_id).require_pkce is False
    with pytest.raises(InvalidClientMetadata, match="secret only"):
        register_client(
            WEB | {"token_endpoint_auth_method": "none"}, require_pkce=False
        )


@pytest.mark.parametrize(
    "client_id", [None, "", "nobody", "a\x00b", "\ud800", "ü", "x" * 300, "a\nb"]
)
def test_no_other_id_finds_a_client(in_app, client_id):
    assert find_client(client_id) is None


def test_clients_are_listed_by_name(in_app):
    for name in ("Zebra", "Apple"):
        register_client(WEB | {"client_name": name})
    db.session.flush()
    assert [client.client_name for client in list_clients()] == ["Apple", "Zebra"]


def test_a_client_that_was_just_registered_works_at_once(http, make):
    unknown = {"grant_type": "client_credentials", "client_id": "later"}
    assert http.post("/oauth2/token", data=unknown).status_code == 401
    assert client_credentials(http, make.clients.machine_client()).status_code == 200


def test_what_another_process_changed_shows_within_half_a_minute(
    http, make, app, clock
):
    machine = make.clients.machine_client()
    assert client_credentials(http, machine).status_code == 200
    with app.app_context():
        db.session.query(ClientSecret).delete()
        db.session.commit()
    clock.tick(seconds=30)
    assert client_credentials(http, machine).status_code == 401


def test_a_declaration_that_left_secrets_behind_loses_them(app):
    declared = {"client_id": "notes", "redirect_uris": ["https://app.example/cb"]}
    with app.app_context():
        apply_client(declared | {"client_secret": "kept"})
        db.session.commit()
        apply_client(declared | {"token_endpoint_auth_method": "none"})
        db.session.commit()
        assert list_secrets("notes") == []


@pytest.mark.parametrize("first_party", [True, False])
def test_a_declared_account_of_an_app_of_others_is_remarked_upon(app, first_party):
    declared = {
        "client_id": "notes",
        "redirect_uris": ["https://app.example/callback"],
        "scope": "openid account",
        "first_party": first_party,
    }
    with app.app_context():
        remarks = apply_client(declared)
    assert bool(remarks) is not first_party
    assert all("account:profile account:read" in remark for remark in remarks)


def test_a_declared_scheme_that_is_no_domain_is_remarked_upon(app):
    declared = {
        "client_id": "editor",
        "application_type": "native",
        "redirect_uris": ["cursor://auth/callback"],
    }
    with app.app_context():
        (remark,) = apply_client(declared)
    assert "the scheme of cursor://auth/callback" in remark
