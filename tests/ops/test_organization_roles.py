"""Revision 0055: members keep their roles, as words."""

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

USER = text(
    "INSERT INTO users (id, email, email_key, must_change_password, status, roles,"
    " created_at, updated_at) VALUES (:id, :id, :id, false, 'active', '[]',"
    " '2026-01-01', '2026-01-01')"
)
OWN = text(
    "INSERT INTO organizations (id, name, personal_to, created_at, updated_at)"
    " VALUES (:id, 'Ada', :id, '2026-01-01', '2026-01-01')"
)
MEMBER = text(
    "INSERT INTO memberships (organization_id, user_id, role, created_at)"
    " VALUES ('ada', :id, :role, '2026-01-01')"
)


def test_members_keep_their_roles(empty_url, tmp_path, monkeypatch):
    before = "0054_upstream_sessions"
    leave_at(before, empty_url, folder=tmp_path / "migrations", monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        for user_id in ("ada", "bob"):
            connection.execute(USER, {"id": user_id})
        connection.execute(OWN, {"id": "ada"})
        connection.execute(MEMBER, {"id": "ada", "role": "owner"})
        connection.execute(MEMBER, {"id": "bob", "role": "member"})
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        rows = connection.execute(text("SELECT user_id, roles FROM memberships"))
        assert dict(rows.all()) == {"ada": "owner", "bob": "member"}
        status = connection.execute(text("SELECT status FROM organizations"))
        assert status.scalar() == "active"
