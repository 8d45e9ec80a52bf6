"""Revision 0032: old rows of the audit log are found by whom they are about, too."""

import json

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

EVENT = text(
    "INSERT INTO audit_events (id, occurred_at, event, outcome, detail)"
    " VALUES (:id, '2026-01-01', :event, 'ok', :detail)"
)
WERE = {
    "changed": ("admin.action", {"action": "roles", "subject": "ada"}),
    "refused": ("admin.action", {"path": "/admin/clients"}),
    "joined": ("group.member.added", {"group": "ops", "member": "bob"}),
    "left": ("group.member.removed", {"group": "ops", "member": "bob"}),
    "blocked": ("ssrf.blocked", {"member": "jwks_uri"}),
}


def test_rows_say_whom_their_details_named(empty_url, tmp_path, monkeypatch):
    before = "0031_admin_scopes"
    leave_at(before, empty_url, folder=tmp_path / "migrations", monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        for row_id, (event, detail) in WERE.items():
            row = {"id": row_id, "event": event, "detail": json.dumps(detail)}
            connection.execute(EVENT, row)
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        rows = connection.execute(text("SELECT id, subject FROM audit_events")).all()
    assert {row.id: row.subject for row in rows if row.subject} == {
        "changed": "ada",
        "joined": "bob",
        "left": "bob",
    }
