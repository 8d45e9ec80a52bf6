"""How the database would answer a query."""

from idp.core.connections import connection


def plan_of(statement, *, run: bool = False, in_order: bool = False) -> str:
    """Return how the database would find the rows, were a scan dearer than it is.

    So is sorting them, if they are read ``in_order``: of the few in a test it would
    sort all. PostgreSQL says what it read for nothing, if it runs the statement.
    """
    held = connection()
    kind = held.dialect.name
    dear = ("seqscan", "bitmapscan", "sort") if in_order else ("seqscan",)
    for way in dear if kind == "postgresql" else ():
        held.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    written = statement.compile(
        dialect=held.dialect, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN ANALYZE" if run else "EXPLAIN"
    explain = explain if kind == "postgresql" else "EXPLAIN QUERY PLAN"
    return str(held.exec_driver_sql(f"{explain} {written}").all())
