"""Indexes of tables that may be large, made while the tables are used.

A revision that only makes or drops indexes of tables that are there already says
``concurrent = True`` and uses these functions in place of Alembic's. On a PostgreSQL
server with rows it then runs in no transaction, so a run that was broken off goes on
where it was. In a new database, in SQLite and through a pooler they do what Alembic's
do.
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import text

FIND = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")


def create_index(
    name: str, table: str, *, columns: Sequence[Any], **options: Any
) -> None:
    """Make an index; one that an attempt left unfinished is made anew."""
    if not _outside_of_transactions():
        op.create_index(name, table, columns, **options)
        return
    finished = op.get_bind().scalar(FIND, {"name": name})
    if finished is False:
        drop_index(name, table)
    if not finished:
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)


def drop_index(name: str, table: str) -> None:
    """Drop an index, or find that it was dropped by an attempt before."""
    if _outside_of_transactions():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
    else:
        op.drop_index(name, table)


def _outside_of_transactions() -> bool:
    """Tell whether each statement is a transaction of its own."""
    connection = op.get_bind()
    driver: Any = connection.connection.driver_connection
    return connection.dialect.name == "postgresql" and driver.autocommit
