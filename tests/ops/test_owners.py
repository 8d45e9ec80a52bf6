"""Revision 0027: who was an admin is an owner."""

import json

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

USER = text(
    "INSERT INTO users (id, email, email_key, must_change_password, status, roles,"
    " created_at, updated_at) VALUES (:id, :id, :id, false, :status, :roles,"
    " '2026-01-01', '2026-01-01')"
)
WERE = {
    "ada": ["admin"],
    "bob": ["admin", "support"],
    "cy": ["admin", "owner"],
    "dan": ["auditor"],
    "eve": [],
}
ARE = WERE | {"ada": ["owner"], "bob": ["owner", "support"], "cy": ["owner"]}


def test_admins_become_owners_and_others_stay_what_they_were(
    empty_url, tmp_path, monkeypatch
):
    before = "0026_what_sign_ups_said"
    leave_at(before, empty_url, folder=tmp_path / "migrations", monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        for user_id, roles in WERE.items():
            row = {"id": user_id, "status": "active", "roles": json.dumps(roles)}
            connection.execute(USER, row)
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        rows = connection.execute(text("SELECT id, roles FROM users")).all()
    assert {row.id: _list(row.roles) for row in rows} == ARE


def _list(stored):
    """Return a list as drivers hand it out: read already, or as text."""
    return json.loads(stored) if isinstance(stored, str) else stored
