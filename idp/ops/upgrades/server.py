"""Upgrade PostgreSQL while others use it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from idp.ops.refusals import Refusal
from idp.ops.upgrades.steps import RevisionStep, stretches

TABLE_WAIT_SECONDS = 5
INDEX_WAIT_SECONDS = 60  # for transactions that began before; nobody waits for it
ATTEMPTS = 12
LOCKED = "55P03"  # SQLSTATE of PostgreSQL's lock_timeout
log = logging.getLogger(__name__)

Connect = Callable[[], AbstractContextManager[Connection]]
Apply = Callable[[Connection, Sequence[RevisionStep]], None]


def upgrade_server(
    connect: Connect, steps: Sequence[RevisionStep], *, new: bool, apply: Apply
) -> None:
    """Apply steps in as few transactions as may be, and ``concurrent`` ones in none.

    A ``new`` database, which nobody uses, gets all in one. Refused where a table stays
    locked by others; what was applied until then stays.
    """
    for together in [steps] if new else stretches(steps):
        for left in reversed(range(ATTEMPTS)):
            if _applied(connect, together, new=new, apply=apply):
                break
            if not left:
                raise Refusal(
                    "A table that the upgrade must change stayed locked. Find who has "
                    "it in pg_stat_activity, or upgrade while less is done."
                )
            log.warning("a table that must change is in use; trying again")


def _applied(
    connect: Connect, steps: Sequence[RevisionStep], *, new: bool, apply: Apply
) -> bool:
    """Apply steps; False where a table stayed locked for as long as is waited.

    Meanwhile whoever comes after waits for that table too, so it is given up soon.
    """
    with connect() as connection:
        try:
            if steps[0].concurrent and not new and not _is_pooled(connection):
                _apply_beside_others(connection, steps, apply=apply)
            else:
                _apply_at_once(connection, steps, apply=apply)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == LOCKED:
                return False
            raise
    return True


def _apply_at_once(
    connection: Connection, steps: Sequence[RevisionStep], *, apply: Apply
) -> None:
    """Apply steps in one transaction, whose limits end with it."""
    with connection.begin():
        wait = f"SET LOCAL lock_timeout = '{TABLE_WAIT_SECONDS}s'"
        connection.execute(text(wait))
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        apply(connection, steps)


def _apply_beside_others(
    connection: Connection, steps: Sequence[RevisionStep], *, apply: Apply
) -> None:
    """Apply a step each of whose statements is a transaction of its own.

    Its limits are those of the connection, which nobody uses afterwards.
    """
    alone = connection.execution_options(isolation_level="AUTOCOMMIT")
    alone.execute(text(f"SET lock_timeout = '{INDEX_WAIT_SECONDS}s'"))
    alone.execute(text("SET statement_timeout = 0"))
    apply(alone, steps)


def _is_pooled(connection: Connection) -> bool:
    """Tell whether a pooler stands between, which would keep a connection's limits."""
    driver: Any = connection.connection.driver_connection
    answering = connection.scalar(text("SELECT pg_backend_pid()"))
    connection.rollback()
    return bool(answering != driver.info.backend_pid)
