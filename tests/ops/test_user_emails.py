"""Revision 0046: the address of each user is the primary one of their addresses."""

import pytest
from sqlalchemy import text

from idp.ops.database import connected, upgrade_database
from tests.ops.older import leave_at

BEFORE = "0045_instance"
USER = text(
    "INSERT INTO users (id, email, email_key, email_verified_at, must_change_password,"
    " status, roles, created_at, updated_at) VALUES (:id, :email, :key, :proven,"
    " false, 'active', '[]', '2026-01-01', '2026-01-01')"
)


@pytest.fixture
def old(empty_url, tmp_path, monkeypatch):
    """A database as the version before left it, with two users."""
    folder = tmp_path / "migrations"
    leave_at(BEFORE, empty_url, folder=folder, monkeypatch=monkeypatch)
    with connected(empty_url) as connection, connection.begin():
        for user_id, email, proven in (
            ("ada", "Ada@example.com", "2026-02-02"),
            ("bob", "bob@example.com", None),
        ):
            values = {"id": user_id, "email": email, "key": email.lower()}
            connection.execute(USER, values | {"proven": proven})
    return empty_url


def test_each_user_has_the_address_as_before(old):
    upgrade_database(old)
    with connected(old) as connection:
        rows = connection.execute(
            text(
                "SELECT user_id, email, email_key, verified_at IS NOT NULL AS proven,"
                ' "primary", length(id) FROM user_emails ORDER BY user_id'
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("ada", "Ada@example.com", "ada@example.com", True, True, 32),
        ("bob", "bob@example.com", "bob@example.com", False, True, 32),
    ]
