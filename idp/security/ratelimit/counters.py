"""Counters for ``limits``: in our database, or in Redis where one is configured.

Both survive a restart and are shared by all processes; what is counted for more than an
hour is in our database in any case. The SQL one works on a
connection of its own and commits at once: a refusal is counted although the request is
rolled back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from sqlalchemy import Engine, bindparam, case, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from idp.core.clock import utcnow
from idp.core.connections import Database, holds_write_lock
from idp.core.context import about_to_wait, current
from idp.core.db import insert_of, table_of
from idp.core.settings.server import ServerSettings
from idp.security.models.counter import Counter
from idp.security.ratelimit.redis_storage import open_redis

LEFT_ALONE = timedelta(seconds=5)
BRIEF_SECONDS = 3600  # what is counted for longer must outlive a Redis
Counts = dict[str, tuple[int, float]]  # a counter's key: its value, when it ends

counters = table_of(Counter)
LIVE = (
    select(counters.c.value, counters.c.expires_at)
    .where(counters.c.key == bindparam("of"))
    .where(counters.c.expires_at > bindparam("now"))
)
LIVE_ONES = (
    select(counters)
    .where(counters.c.key.in_(bindparam("of", expanding=True)))
    .where(counters.c.expires_at > bindparam("now"))
)
FORGET = delete(counters).where(counters.c.key == bindparam("of"))
# Locked in the order of their keys, as they are added to: no two wait for each other.
LOCKED = (
    select(counters.c.key)
    .where(counters.c.key.in_(bindparam("of", expanding=True)))
    .order_by(counters.c.key)
    .with_for_update()
)
GIVE_BACK = (
    update(counters)
    .where(counters.c.key.in_(LOCKED))
    .values(
        value=case(
            (counters.c.key.in_(bindparam("forgotten", expanding=True)), 0),
            (counters.c.value > 0, counters.c.value - 1),
            else_=0,
        )
    )
)
PURGE = delete(counters).where(counters.c.expires_at <= bindparam("now"))


class CountedTooLate(RuntimeError):
    """A try that is counted after its request has written: a bug of the rule."""


class SqlStorage(Storage):
    """The storage that ``limits`` counts in, as one table."""

    STORAGE_SCHEME = None

    def __init__(self, engine: Engine) -> None:
        super().__init__(wrap_exceptions=True)
        self.engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what counts as a fault of the storage."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add ``amount`` in one statement and return the sum; ``expiry`` in seconds."""
        now = utcnow()
        values = [_addition(key, expiry, now=now, amount=amount)]
        with self.engine.begin() as connection:
            adding = _upsert(self.engine.dialect.name, values, now=now)
            return int(connection.execute(adding).one().value)

    def incr_all(self, expiries: Mapping[str, int]) -> Counts:
        """Add 1 to several counters in one statement; expiries in seconds.

        Always in one order, so that two of them never wait for each other. Raises
        CountedTooLate after the first write of this unit of work, which on SQLite
        would be waited for in vain.
        """
        if holds_write_lock():
            raise CountedTooLate
        if not expiries:
            return {}
        now = utcnow()
        values = [_addition(key, expiries[key], now=now) for key in sorted(expiries)]
        adding = _upsert(self.engine.dialect.name, values, now=now)
        try:
            with self.engine.begin() as connection:
                rows = connection.execute(adding).all()
        except SQLAlchemyError as error:
            raise StorageError(error) from error
        return {row.key: (row.value, row.expires_at.timestamp()) for row in rows}

    def give_back(self, keys: Collection[str], *, forgotten: Collection[str]) -> None:
        """Take 1 from some counters and all from others, in one statement.

        Raises CountedTooLate as ``incr_all`` does.
        """
        if holds_write_lock():
            raise CountedTooLate
        values = {"of": [*keys, *forgotten], "forgotten": list(forgotten)}
        try:
            with self.engine.begin() as connection:
                connection.execute(GIVE_BACK, values)
        except SQLAlchemyError as error:
            raise StorageError(error) from error

    def get(self, key: str) -> int:
        """Return the count, 0 when its window is over."""
        row = self._live(key)
        return row[0] if row else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since the epoch."""
        row = self._live(key)
        return (row[1] if row else utcnow()).timestamp()

    def check(self) -> bool:
        """Tell whether the table can be read."""
        self.get("health")
        return True

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self.engine.begin() as connection:
            connection.execute(FORGET, {"of": key})

    def reset(self) -> int:
        """Forget all counters whose window is over, and return how many."""
        with self.engine.begin() as connection:
            return connection.execute(PURGE, {"now": utcnow()}).rowcount

    def _live(self, key: str) -> tuple[int, datetime] | None:
        with self.engine.connect() as connection:
            row = connection.execute(LIVE, {"of": key, "now": utcnow()}).one_or_none()
        return (row[0], row[1]) if row else None


class Counters:
    """The app's storage; opened at first use, because workers are forked before."""

    def __init__(self) -> None:
        self.fell_back = False  # whether anything was ever counted there
        self._away_until: datetime | None = None

    @cached_property
    def local(self) -> Storage:
        """What this process counts in without the shared; it costs a thread."""
        return MemoryStorage()

    @property
    def shared(self) -> Storage:
        """What all processes count in."""
        about_to_wait()
        return self._opened

    @property
    def together(self) -> bool:
        """Tell whether all windows are counted in our own table."""
        return isinstance(self._opened, SqlStorage)

    @property
    def lasting(self) -> SqlStorage:
        """What long windows are counted in, whatever else is used."""
        about_to_wait()
        return self._own

    @property
    def away(self) -> bool:
        """Tell whether the shared storage failed a moment ago: it is not asked then."""
        return self._away_until is not None and utcnow() < self._away_until

    def probe(self) -> bool:
        """Tell whether all processes count together: the shared one can be written."""
        try:
            self.shared.incr("probe", 1)
        except StorageError:
            return False
        return True

    def leave_alone(self) -> None:
        """Count here for a while: a Redis that is away would be waited for each time.

        Our own table is asked again at once: its faults are those of one statement.
        """
        self.fell_back = True
        if not self.together:
            self._away_until = utcnow() + LEFT_ALONE

    @cached_property
    def _opened(self) -> Storage:
        server = current(ServerSettings)
        if server.redis_url is None:
            return self._own
        return open_redis(server.redis_url, installation=server.issuer)

    @cached_property
    def _own(self) -> SqlStorage:
        return SqlStorage(current(Database).engine)


def add_to(storage: Storage, expiries: Mapping[str, int]) -> Counts:
    """Add 1 to several counters, and return them; expiries in seconds."""
    if isinstance(storage, SqlStorage):
        return storage.incr_all(expiries)
    return {
        key: (storage.incr(key, expiry), storage.get_expiry(key))
        for key, expiry in expiries.items()
    }


def give_back_to(
    storage: Storage, expiries: Mapping[str, int], *, forgotten: Collection[str]
) -> None:
    """Take 1 from the counters of ``expiries``, and all from those ``forgotten``."""
    if isinstance(storage, SqlStorage):
        storage.give_back(expiries.keys(), forgotten=forgotten)
        return
    for key in forgotten:
        storage.clear(key)
    for key, expiry in expiries.items():
        if storage.get(key) > 0:
            storage.incr(key, expiry, -1)


def look_in(storage: Storage, keys: Iterable[str]) -> Counts:
    """Return the counters that have begun, one look each."""
    values = {key: storage.get(key) for key in keys}
    return {key: (n, storage.get_expiry(key)) for key, n in values.items() if n}


def _addition(
    key: str, expiry: int, *, now: datetime, amount: int = 1
) -> dict[str, Any]:
    """Return the row of one addition, if it begins a window."""
    ends_at = now + timedelta(seconds=expiry)
    return {"key": key, "value": amount, "expires_at": ends_at}


def _upsert(dialect: str, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> Any:
    """Return the statement that adds to counters or begins new windows.

    A counter from which all was given back begins anew.
    """
    adding = insert_of(dialect)(counters).values(rows)
    over = or_(counters.c.expires_at <= now, counters.c.value <= 0)
    fresh = adding.excluded
    return adding.on_conflict_do_update(
        index_elements=[counters.c.key],
        set_={
            "value": case((over, fresh.value), else_=counters.c.value + fresh.value),
            "expires_at": case((over, fresh.expires_at), else_=counters.c.expires_at),
        },
    ).returning(counters.c.key, counters.c.value, counters.c.expires_at)
