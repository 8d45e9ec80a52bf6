"""Sessions in a database, by SQLAlchemy: ``pip install idp-rp[sql]``."""

from contextlib import suppress

from sqlalchemy import (
    Column,
    Double,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from idp_rp.sessions.stores.store import Record

metadata = MetaData()
SESSIONS = Table(
    "bff_sessions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("sid", String(64), index=True),
    Column("sub", String(64), nullable=False, index=True),
    Column("sealed", Text, nullable=False),
    Column("ends_at", Double, nullable=False, index=True),
)
CLAIMS = Table(
    "bff_claims",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("ends_at", Double, nullable=False, index=True),
)
FIND_CLAIM = select(CLAIMS.c.ends_at).where(CLAIMS.c.name == bindparam("name"))
SWEEP_SECONDS = 60


class SqlStore:
    """Two tables, ``bff_sessions`` and ``bff_claims``; ``metadata`` is for Alembic.

    Rows that have ended are removed as users come in.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._swept_at = float("-inf")

    def create_tables(self) -> None:
        """Create the tables where they are not there."""
        metadata.create_all(self._engine)

    def add(self, record: Record, *, now: float) -> None:
        """Store a session; those that have ended make room."""
        self._sweep(now)
        with self._engine.begin() as connection:
            connection.execute(insert(SESSIONS).values(vars(record)))

    def find(self, key: str, *, now: float) -> str | None:
        """Return what is sealed in a session that has not ended."""
        sought = select(SESSIONS.c.sealed).where(
            SESSIONS.c.key == key, SESSIONS.c.ends_at > now
        )
        with self._engine.connect() as connection:
            return connection.execute(sought).scalar_one_or_none()

    def replace(self, record: Record) -> bool:
        """Store a session's newest state, if it is there."""
        same = SESSIONS.c.key == record.key
        with self._engine.begin() as connection:
            done = connection.execute(update(SESSIONS).where(same).values(vars(record)))
            return done.rowcount == 1

    def remove(self, key: str) -> None:
        """Remove a session."""
        with self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.key == key))

    def remove_named(self, *, sid: str | None, sub: str | None) -> int:
        """Remove the sessions that bear each name that is given."""
        names = {"sid": sid, "sub": sub}
        same = [SESSIONS.c[name] == value for name, value in names.items() if value]
        with self._engine.begin() as connection:
            return connection.execute(delete(SESSIONS).where(*same)).rowcount

    def claim(self, name: str, *, owner: str, ends_at: float, now: float) -> bool:
        """Take a name that nobody has: one that has ended first, else a new row.

        Who waits for a name looks first: failed inserts fill a server's log.
        """
        self._sweep(now)
        values = {"owner": owner, "ends_at": ends_at}
        with self._engine.begin() as connection:
            found = connection.execute(FIND_CLAIM, {"name": name}).scalar_one_or_none()
            if found is not None and found > now:
                return False
            ended = (CLAIMS.c.name == name) & (CLAIMS.c.ends_at <= now)
            done = connection.execute(update(CLAIMS).where(ended).values(values))
            if done.rowcount == 1:
                return True
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(CLAIMS).values(name=name, **values))
        except IntegrityError:
            return False
        return True

    def release(self, name: str, *, owner: str) -> None:
        """Give a name back."""
        mine = (CLAIMS.c.name == name) & (CLAIMS.c.owner == owner)
        with self._engine.begin() as connection:
            connection.execute(delete(CLAIMS).where(mine))

    def _sweep(self, now: float) -> None:
        """Remove what has ended, a minute after the last time.

        Where another process does so too, and one of both has to give way, it does.
        """
        if now < self._swept_at + SWEEP_SECONDS:
            return
        self._swept_at = now
        for table in (SESSIONS, CLAIMS):
            with suppress(DBAPIError), self._engine.begin() as connection:
                connection.execute(delete(table).where(table.c.ends_at <= now))
