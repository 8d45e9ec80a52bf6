"""Whether a connection that has rested still has its server."""

from contextlib import suppress
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

RESTED_SECONDS = 1.0


def lives(held: Connection, *, used_at: float, lost_at: float) -> bool:
    """Tell whether a connection can be used; one that has rested is asked.

    One that can't is closed, and so is one that was last used before another was lost.
    """
    if used_at <= lost_at:
        give_up(held)
        return False
    if monotonic() - used_at < RESTED_SECONDS:
        return True
    try:
        _ping(held.connection.dbapi_connection)
    except DisconnectionError:
        give_up(held)
        return False
    return True


def give_up(held: Connection) -> None:
    """Close a connection that failed: nobody knows in which state it is."""
    with suppress(DBAPIError):
        held.invalidate()
        held.close()


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remember when a connection went back to the pool."""
    record.info["used_at"] = monotonic()


def _ping_after_rest(connection: Any, record: ConnectionPoolEntry, *_: object) -> None:
    """Ask a connection that has rested whether it still lives; else get another.

    SQLAlchemy's ``pool_pre_ping`` would ask every time: one more round trip for each
    request of a busy server, whose connections have just been used.
    """
    if monotonic() - record.info.get("used_at", monotonic()) >= RESTED_SECONDS:
        _ping(connection)


WATCH = ((_note_use, "checkin"), (_ping_after_rest, "checkout"))


def _ping(connection: Any) -> None:
    """Raise DisconnectionError when a connection's server has left it."""
    import psycopg

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError(str(error)) from error
