"""Revision 0015: old rows get the one spelling of their addresses."""

import pytest
from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

BEFORE = "0014_mail_values"
USER = text(
    "INSERT INTO users (id, email, email_key, email_verified_at, must_change_password,"
    " status, roles, created_at, updated_at) VALUES (:id, :email, :key, :proven,"
    " false, 'active', '[]', :made, :made)"
)
CHANGE = text(
    "INSERT INTO email_changes (id, user_id, old_email, old_email_key, new_email,"
    " requested_at) VALUES ('c', 'ada', :old, :old, :new, '2026-01-01')"
)


@pytest.fixture
def old(empty_url, tmp_path, monkeypatch):
    """A database as the version before left it."""
    folder = tmp_path / "migrations"
    leave_at(BEFORE, empty_url, folder=folder, monkeypatch=monkeypatch)
    return empty_url


def add(url, user_id, email, *, proven=None, made="2026-01-01"):
    values = {"id": user_id, "email": email, "key": email.lower()}
    with connected(url) as connection, connection.begin():
        connection.execute(USER, values | {"proven": proven, "made": made})


def rows(url, columns="id, email, email_key", table="users"):
    with connected(url) as connection:
        found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))
        return [tuple(row) for row in found]


def test_users_are_found_by_every_spelling(old):
    add(old, "ada", "Ada@GRÜN.example")
    add(old, "bob", "bob@xn--grn-ioa.example")
    add(old, "cleo", "Cleo@EXAMPLE.com")
    upgrade_database(old)
    assert rows(old) == [
        ("ada", "Ada@grün.example", "ada@xn--grn-ioa.example"),
        ("bob", "bob@grün.example", "bob@xn--grn-ioa.example"),
        ("cleo", "Cleo@example.com", "cleo@example.com"),
    ]


@pytest.mark.parametrize("proven_first", [True, False])
def test_of_two_accounts_of_one_mailbox_the_confirmed_one_keeps_it(
    old, proven_first, caplog
):
    dates = ("2026-02-02", None) if proven_first else (None, "2026-02-02")
    add(old, "ada", "ada@grün.example", proven=dates[0])
    add(old, "eve", "ada@xn--grn-ioa.example", proven=dates[1])
    upgrade_database(old)
    keeper, other = ("ada", "eve") if proven_first else ("eve", "ada")
    keys = {user_id: key for user_id, _, key in rows(old)}
    assert keys == {keeper: "ada@xn--grn-ioa.example", other: f"DUPLICATE:{other}"}
    (line,) = [r.getMessage() for r in caplog.records if "spellings" in r.getMessage()]
    assert f"{keeper} and {other}" in line


def test_of_two_unconfirmed_ones_the_older_keeps_it(old):
    add(old, "ada", "ada@grün.example", made="2026-02-02")
    add(old, "eve", "ada@xn--grn-ioa.example", made="2026-01-01")
    upgrade_database(old)
    assert dict(rows(old, "id, email_key"))["eve"] == "ada@xn--grn-ioa.example"


def test_changes_of_address_go_along(old):
    add(old, "ada", "ada@grün.example")
    with connected(old) as connection, connection.begin():
        values = {"old": "ada@grün.example", "new": "Ada@BLÜ.example"}
        connection.execute(CHANGE, values)
    upgrade_database(old)
    found = rows(
        old, "id, old_email, old_email_key, new_email, new_email_key", "email_changes"
    )
    key = "ada@xn--bl-yka.example"
    assert found == [
        ("c", "ada@grün.example", "ada@xn--grn-ioa.example", "Ada@blü.example", key)
    ]
