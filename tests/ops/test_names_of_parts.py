"""Revision 0016: who gave only given and family name is called by them."""

from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

USER = text(
    "INSERT INTO users (id, email, email_key, name, given_name, family_name,"
    " must_change_password, status, roles, created_at, updated_at) VALUES (:id, :id,"
    " :id, :name, :given, :family, false, 'active', '[]', '2026-01-01', '2026-01-01')"
)
NAMES = text("SELECT id, name FROM users")


def test_names_are_made_of_their_parts(empty_url, tmp_path, monkeypatch):
    folder = tmp_path / "migrations"
    leave_at("0015_address_spelling", empty_url, folder=folder, monkeypatch=monkeypatch)
    rows = {
        "ada": (None, "Ada", "Lovelace"),
        "bob": (None, None, "Babbage"),
        "cleo": ("Cleo the Great", "Cleo", None),
        "dan": (None, None, None),
        "eve": (None, "E" * 255, "Eve"),
    }
    with connected(empty_url) as connection, connection.begin():
        for user_id, (name, given, family) in rows.items():
            values = {"id": user_id, "name": name, "given": given, "family": family}
            connection.execute(USER, values)
    upgrade_database(empty_url)
    with connected(empty_url) as connection:
        names = {row.id: row.name for row in connection.execute(NAMES)}
    assert names == {
        "ada": "Ada Lovelace",
        "bob": "Babbage",
        "cleo": "Cleo the Great",
        "dan": None,
        "eve": "E" * 255,
    }
