"""How databases run the statements of a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from idp.core.connections import connection
from idp.core.db import db

Said = list[tuple[str, Any]]


@contextmanager
def noted() -> Iterator[Said]:
    """Yield a list of the statements that are run meanwhile, with their values."""
    said: Said = []

    def note(_connection, _cursor, statement, values, *_) -> None:
        said.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def explained(said: Said) -> list[str]:
    """Return how statements run, and on SQLite what goes with the rows they delete."""
    held = connection()
    kind = held.dialect.name
    if kind == "postgresql":
        held.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explain = "EXPLAIN" if kind == "postgresql" else "EXPLAIN QUERY PLAN"
    return [
        str(held.exec_driver_sql(f"{explain} {statement}", values).all()).replace(
            "Seq Scan", "SCAN"
        )
        for statement, values in said
        if statement.startswith(("SELECT", "UPDATE", "DELETE"))
    ]
