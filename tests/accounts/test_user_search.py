"""How the database finds users in a long list."""

import pytest
from sqlalchemy import event, select

from idp.accounts.access.roles import spare_last_owner
from idp.accounts.models import User
from idp.accounts.user_search import UserFilters, like_fragment, search
from idp.core.connections import connection
from idp.core.db import db
from idp.core.paging import FirstItems
from tests.plans import plan_of

GROUP = "0" * 32
BY_ADDRESS = "uq_users_email_key"


@pytest.fixture
def plans(app):
    """Return a function that does something and returns how users were read for it."""

    def explained(act) -> list[str]:
        with app.app_context():
            held, said = connection(), []

            def note(_connection, _cursor, statement, values, *_) -> None:
                said.append((statement, values))

            event.listen(db.engine, "before_cursor_execute", note)
            act()
            event.remove(db.engine, "before_cursor_execute", note)
            postgresql = held.dialect.name == "postgresql"
            if postgresql:
                held.exec_driver_sql("SET LOCAL enable_seqscan = off")
                held.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
                # Of few rows the planner may as well read this one and look each up.
                held.exec_driver_sql(f"DROP INDEX {BY_ADDRESS}")
            explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
            return [
                str(held.exec_driver_sql(f"{explain} {statement}", values).all())
                for statement, values in said
                if "user" in statement
            ]

    return explained


@pytest.mark.parametrize(
    "filters",
    [
        UserFilters(),
        UserFilters(text="ada"),
        UserFilters(status="disabled"),
        UserFilters(text="ada", status="active"),
        UserFilters(group_id=GROUP, text="ada"),
    ],
)
def test_a_list_compares_in_its_index_and_reads_no_row_for_nothing(plans, filters):
    *_, plan = plans(lambda: search(filters, FirstItems(25)))
    by_group = filters.group_id and "pk_group_members" in plan
    assert (
        ("COVERING INDEX ix_users_list" in plan and not filters.text)
        or by_group
        or (filters.text and "SCAN users USING INDEX ix_users_search" in plan)
        or ("Index Only Scan using ix_users_list" in plan)
    )


@pytest.mark.parametrize(
    "filters", [UserFilters(role="admin"), UserFilters(role="admin", text="ada")]
)
def test_who_has_a_role_is_found_among_those_who_have_any(plans, filters):
    *_, plan = plans(lambda: search(filters, FirstItems(25)))
    assert "ix_users_with_roles" in plan


def test_the_last_owner_is_looked_for_among_those_who_have_any_role(plans):
    """SQLite does; PostgreSQL judges by how many rows there are."""

    def nothing_changes() -> None:
        with spare_last_owner():
            pass

    held = plans(nothing_changes)
    assert held
    read = [plan for plan in held if "SCAN" in plan]
    assert all("ix_users_with_roles" in plan for plan in read)


def test_further_addresses_are_compared_in_their_own_index(plans):
    [plan, _] = plans(lambda: search(UserFilters(text="ada"), FirstItems(25)))
    assert "ix_user_emails_further" in plan


def test_fragments_are_found_by_trigrams_where_a_server_has_them(app):
    with app.app_context():
        if connection().dialect.name == "sqlite":
            return
        connection().exec_driver_sql("DROP INDEX ix_users_list")  # of few, as good
        found = select(User.id).where(like_fragment("lovelace"))
        assert "Bitmap Index Scan on ix_users_search" in plan_of(found)
