"""Databases that hold what another program made."""

from sqlalchemy import Connection, inspect

from idp.ops.refusals import Refusal

MOST_NAMED = 3
VERSIONS = "alembic_version"  # left behind where a first migration was undone


def refuse_foreign_tables(connection: Connection) -> None:
    """Refuse a database without our schema that is not empty either."""
    tables = sorted(set(inspect(connection).get_table_names()) - {VERSIONS})
    if not tables:
        return
    named = ", ".join(tables[:MOST_NAMED])
    more = " and others" if len(tables) > MOST_NAMED else ""
    raise Refusal(
        f"The database holds tables of another program ({named}{more}): name an empty "
        "database of its own in IDP_DATABASE_URL."
    )
