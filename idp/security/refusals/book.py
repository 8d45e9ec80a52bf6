"""Refusals on their way to the table: noted by requests, written by a thread.

A request that is refused waits for nothing: what is known of it is put into a queue,
and one thread of the process (``ops.processes.refusal_writer``) writes many at once, in
short transactions with pauses between them. So a flood of refusals costs neither memory
nor the turn of those who sign in. A queue holds as many as a ring of the table does,
and forgets the oldest: they would be forgotten there too.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from idp.core.connections import Database, is_away
from idp.core.context import current
from idp.core.db import table_of
from idp.core.events import EventBus
from idp.security.models import StoredRefusal
from idp.security.refusals.record import RefusalRecord

log = logging.getLogger("idp.refusals")
NEWEST = 10_000  # of strangers, and of each client
WRITTEN_AT_ONCE = 100

NAMES = tuple(field.name for field in fields(RefusalRecord))
VALUES = attrgetter(*NAMES)

refusals = table_of(StoredRefusal)
ADD = insert(refusals)
OF_RING = (
    refusals.c.known == bindparam("of_known"),
    refusals.c.client_id == bindparam("of_client"),
)
OLDEST_TOO_MANY = (
    select(refusals.c.id)
    .where(*OF_RING)
    .order_by(refusals.c.id.desc())
    .offset(bindparam("newest"))
    .limit(1)
    .scalar_subquery()
)
TRIM = delete(refusals).where(*OF_RING, refusals.c.id <= OLDEST_TOO_MANY)


class RefusalBook:
    """What this process has yet to write, and what it wrote since a ring was trimmed.

    ``newest`` is how many of a ring are kept; the ``bus`` is told of each.
    """

    def __init__(self, newest: int = NEWEST, *, bus: EventBus | None = None) -> None:
        self._bus = bus or EventBus()
        self.waiting = Event()
        self._newest = newest
        self._strangers: deque[RefusalRecord] = deque(maxlen=newest)
        self._known: deque[RefusalRecord] = deque(maxlen=newest)
        self._added: Counter[tuple[bool, str]] = Counter()
        self._writing = Lock()
        self._under_way: Sequence[RefusalRecord] = ()

    def note(self, record: RefusalRecord) -> None:
        """Keep a refusal; it is found at once here, and soon everywhere."""
        (self._known if record.known else self._strangers).append(record)
        self._bus.publish(record)
        if not self.waiting.is_set():
            self.waiting.set()

    def find(self, reference: str) -> RefusalRecord | None:
        """Return what this process has not written yet."""
        waiting = [*self._under_way, *self._known, *self._strangers]
        return next((each for each in waiting if each.reference == reference), None)

    def write(self, pause: Callable[[], object] = lambda: None) -> None:
        """Write what waits, with a pause after each transaction.

        While the database is away what waits stays; what it will never take is lost, so
        that it holds up nothing behind it. Either error is raised.
        """
        self.waiting.clear()
        with self._writing:
            for queue in (self._known, self._strangers):
                while queue:
                    self._write_some(queue)
                    pause()

    def _write_some(self, queue: deque[RefusalRecord]) -> None:
        """Write the oldest that wait, in one transaction."""
        count = min(WRITTEN_AT_ONCE, len(queue))
        self._under_way = some = [queue.popleft() for _ in range(count)]
        try:
            with current(Database).engine.begin() as connection:
                connection.execute(ADD, [_row_of(record) for record in some])
                self._trim(connection, some)
        except BaseException as error:
            room = self._newest - len(queue) if is_away(error) else 0
            queue.extendleft(reversed(some[-room:] if room else []))
            raise
        finally:
            self._under_way = ()

    def _trim(self, connection: Connection, some: Sequence[RefusalRecord]) -> None:
        """Forget the oldest of rings to which enough was added."""
        self._added.update(record.ring for record in some)
        for known, client_id in {record.ring for record in some}:
            if self._added[known, client_id] >= WRITTEN_AT_ONCE:
                del self._added[known, client_id]
                ring = {"of_known": known, "of_client": client_id}
                connection.execute(TRIM, ring | {"newest": self._newest})


def _row_of(record: RefusalRecord) -> dict[str, Any]:
    """Return a record as the table takes it."""
    return dict(zip(NAMES, VALUES(record), strict=True))
