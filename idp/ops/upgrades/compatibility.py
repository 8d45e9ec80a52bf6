"""From which revision on the code works with the schema that a database has.

A revision that only adds, so that the version before works with it as well, is marked
``compatible = True`` in its file (expand first, contract in a later release). The
newest one applied that is not, is kept in the database: a node that knows it works
there, however many compatible ones came after that it does not know.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, inspect, select

from idp.core.db import table_of
from idp.ops.models import InstanceValue
from idp.ops.upgrades.steps import RevisionStep

SERVES_FROM = "serves_from"

values = table_of(InstanceValue)
OF_KEY = values.c.key == bindparam("of")
FIND = select(values.c.value).where(OF_KEY)
FORGET = delete(values).where(OF_KEY)


def serves_from(connection: Connection) -> str | None:
    """Return the oldest revision whose code works with the schema, if it is known."""
    return connection.execute(FIND, {"of": SERVES_FROM}).scalar_one_or_none()


def note_steps(
    connection: Connection, applied: Sequence[RevisionStep], *, before: str | None
) -> None:
    """Keep what the steps mean that were just applied to a schema.

    ``before`` is the revision that it had; None for one that is new.
    """
    if not inspect(connection).has_table(values.name):  # it came with a later one
        return
    breaking = [step.revision for step in applied if not step.compatible]
    known = serves_from(connection)
    if known is None or breaking:
        oldest = breaking[-1] if breaking else before or applied[-1].revision
        connection.execute(FORGET, {"of": SERVES_FROM})
        row = {"key": SERVES_FROM, "value": oldest}
        connection.execute(insert(values), row)
