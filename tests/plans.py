"""How the database would answer a query."""

from idp.core.connections import connection


def plan_of(statement, *, run: bool = False) -> str:
    """Return how the database would find the rows, were a scan dearer than it is.

    PostgreSQL says what it read for nothing, if it runs the statement.
    """
    held = connection()
    kind = held.dialect.name
    if kind == "postgresql":
        held.exec_driver_sql("SET LOCAL enable_seqscan = off")
    written = statement.compile(
        dialect=held.dialect, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN ANALYZE" if run else "EXPLAIN"
    explain = explain if kind == "postgresql" else "EXPLAIN QUERY PLAN"
    return str(held.exec_driver_sql(f"{explain} {written}").all())
