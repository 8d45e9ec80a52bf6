"""Revision 0016: audiences that are in use become registered APIs."""

import json
import shutil

import pytest
from sqlalchemy import text

from idp.ops import database
from idp.ops.database import connected, upgrade_database

API, OTHER, OWNED = "https://api.example", "https://other.example", "urn:owned"
ISSUER = "https://idp.example"
LATER, PAST = "2099-01-01 00:00:00.000000", "2020-01-01 00:00:00.000000"
CLIENT = text(
    "INSERT INTO clients (client_id, client_name, registered, first_party,"
    " require_pkce, created_at, updated_at)"
    f" VALUES (:id, :id, :registered, false, true, '{PAST}', '{PAST}')"
)
GRANT = text(
    "INSERT INTO grants (id, user_id, client_id, scope, offline, auth_time, amr,"
    " resource, created_at, expires_at, revoked_at) VALUES (:id, 'ada', :client,"
    f" :scope, true, '{PAST}', '[]', :resource, '{PAST}', :until, :revoked)"
)
USER = text(
    "INSERT INTO users (id, email, email_key, must_change_password, status, roles,"
    " created_at, updated_at) VALUES ('ada', 'a@example.com', 'a@example.com',"
    f" false, 'active', '[]', '{PAST}', '{PAST}')"
)


@pytest.fixture
def older(empty_url, tmp_path, monkeypatch) -> str:
    """A database of the version before APIs were registered."""
    folder = tmp_path / "older"
    shutil.copytree(database.migrations_folder(), folder)
    for path in (folder / "versions").glob("*.py"):
        if path.name > "0016":
            path.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(database, "PACKED", folder)
        upgrade_database(empty_url)
    return empty_url


def grant(name, client, scope, resource, *, until=LATER, revoked=None):
    return {
        "id": name,
        "client": client,
        "scope": scope,
        "resource": json.dumps(resource),
        "until": until,
        "revoked": revoked,
    }


def test_who_used_an_audience_may_go_on(older):
    clients = {
        "notes": {"scope": "openid read write"},
        "mail": {"scope": "openid send", "owned_resources": [API, OWNED]},
    }
    grants = [
        grant("1", "notes", "openid read", [API, ISSUER]),
        grant("2", "notes", "openid offline_access", [API, OTHER]),
        grant("3", "mail", "openid account send", [API, f"{ISSUER}/account"]),
        grant("4", "mail", "openid", ["urn:ended"], revoked=PAST),
        grant("5", "mail", "openid", ["urn:over"], until=PAST),
        grant("6", "mail", "openid", None),
        grant("7", "idp-account", "account", [f"{ISSUER}/account"]),
    ]
    with connected(older) as connection, connection.begin():
        connection.execute(USER)
        for name, registered in clients.items():
            row = {"id": name, "registered": json.dumps(registered)}
            connection.execute(CLIENT, row)
        for row in grants:
            connection.execute(GRANT, row)
    upgrade_database(older)
    with connected(older) as connection:
        apis = connection.execute(
            text("SELECT identifier, imported FROM apis ORDER BY identifier")
        ).all()
        allowed = connection.execute(
            text(
                "SELECT client_id, identifier, scopes FROM client_apis JOIN apis"
                " ON apis.id = api_id ORDER BY identifier, client_id"
            )
        ).all()
        scopes = connection.execute(
            text(
                "SELECT identifier, api_scopes.name FROM api_scopes JOIN apis"
                " ON apis.id = api_id ORDER BY identifier, api_scopes.name"
            )
        ).all()
    assert [(name, bool(imported)) for name, imported in apis] == [
        (API, True),
        (OTHER, True),
        (OWNED, True),
    ]
    named = [
        (who, what, json.loads(of) if isinstance(of, str) else of)
        for who, what, of in allowed
    ]
    assert named == [
        ("mail", API, ["send"]),
        ("notes", API, ["read", "write"]),
        ("notes", OTHER, ["read", "write"]),
    ]
    assert [tuple(row) for row in scopes] == [
        (API, "read"),
        (API, "send"),
        (API, "write"),
        (OTHER, "read"),
        (OTHER, "write"),
    ]
