"""Revision 0031: no client administers because of what its scope meant before."""

import json

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

CLIENT = text(
    "INSERT INTO clients (client_id, client_name, registered, first_party,"
    " require_pkce, created_at, updated_at) VALUES (:id, :id, :registered, false, true,"
    " '2026-01-01', '2026-01-01')"
)
FOUND = "SELECT client_id, registered FROM clients WHERE client_id <> 'idp-account'"
WERE = {"old": "read admin:webhooks admin:org", "other": "admin:org write", "none": ""}


def test_scope_values_that_administer_now_are_taken_from_clients(
    empty_url, tmp_path, monkeypatch
):
    folder = tmp_path / "migrations"
    leave_at("0030_api_keys", empty_url, folder=folder, monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        for client_id, scope in WERE.items():
            registered = json.dumps({"scope": scope})
            connection.execute(CLIENT, {"id": client_id, "registered": registered})
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        rows = connection.execute(text(FOUND))
        scopes = {row.client_id: _read(row.registered)["scope"] for row in rows}
    assert scopes == WERE | {"old": "read admin:org"}


def _read(stored):
    """Return an object as drivers hand it out: read already, or as text."""
    return json.loads(stored) if isinstance(stored, str) else stored
