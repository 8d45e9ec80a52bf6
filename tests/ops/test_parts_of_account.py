"""Revision 0024: the apps of others have the parts of ``account``, by name."""

import json

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

USER = text(
    "INSERT INTO users (id, email, email_key, must_change_password, status, roles,"
    " created_at, updated_at) VALUES ('ada', 'ada', 'ada', false, 'active', '[]',"
    " '2026-01-01', '2026-01-01')"
)
CLIENT = text(
    "INSERT INTO clients (client_id, client_name, registered, first_party,"
    " require_pkce, created_at, updated_at) VALUES (:id, :id, :registered, :own, true,"
    " '2026-01-01', '2026-01-01')"
)
CONSENT = text(
    "INSERT INTO consents (user_id, client_id, scope, created_at, updated_at)"
    " VALUES ('ada', :id, :scope, '2026-01-01', '2026-01-01')"
)
PARTS = "account:profile account:read"


def test_clients_of_others_and_their_consents_name_the_parts(
    empty_url, tmp_path, monkeypatch
):
    folder = tmp_path / "migrations"
    leave_at("0023_unended_sessions", empty_url, folder=folder, monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        connection.execute(USER)
        for client_id in ("own", "other", "none"):
            scope = "openid account email"
            named = "openid email" if client_id == "none" else scope
            registered = json.dumps({"scope": named, "optional_scope": "account"})
            row = {"id": client_id, "registered": registered, "own": client_id == "own"}
            connection.execute(CLIENT, row)
            connection.execute(CONSENT, {"id": client_id, "scope": scope})
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        found = connection.execute(text("SELECT client_id, registered FROM clients"))
        said = {
            row.client_id: json.loads(row.registered)
            if isinstance(row.registered, str)
            else row.registered
            for row in found
        }
        consents = dict(
            connection.execute(text("SELECT client_id, scope FROM consents")).all()
        )
    assert said["own"] == {"scope": "openid account email", "optional_scope": "account"}
    assert said["other"] == {
        "scope": f"openid {PARTS} email",
        "optional_scope": PARTS,
    }
    assert said["none"]["scope"] == "openid email"
    assert consents == {
        "own": "openid account email",
        "other": f"openid {PARTS} email",
        "none": f"openid {PARTS} email",
    }
