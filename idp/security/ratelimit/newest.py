"""Rows that strangers leave: of each network the newest stay, the oldest go.

What waits for its user, or for a device, is written before anybody has shown who they
are. A lifetime alone bounds no disk: who asks often enough fills it within one.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, Table, bindparam, delete, func, select, true

from idp.core.prepared import Prepared
from idp.core.randomness import digest
from idp.security.ratelimit.meters import network_of

MOST_WAITING = 50


class NewestOfNetwork:
    """A table of what waits, with ``network``, ``expires_at`` and a key of one column.

    ``adding`` is how rows are added, ``answered`` the column that is null while a row
    waits; without one all do. How many of a network wait is told by the INSERT itself:
    nothing is asked or written more where they are few.
    """

    def __init__(
        self, table: Table, *, adding: Insert, answered: str | None = None
    ) -> None:
        (key,) = table.primary_key
        others = table.alias("others")
        waits = others.c[answered].is_(None) if answered else true()
        waiting = (
            select(func.count())
            .where(others.c.network == bindparam("of"), waits)
            .scalar_subquery()
        )
        self._add = Prepared(adding.returning(waiting.label("waiting")))
        too_old = (
            select(others.c[key.name])
            .where(others.c.network == bindparam("of"), waits)
            .order_by(others.c.expires_at.desc())
            .offset(MOST_WAITING)
        )
        # Two requests that come upon the same rows do not wait for each other.
        free = select(key).where(key.in_(too_old)).with_for_update(skip_locked=True)
        self._forget = Prepared(delete(table).where(key.in_(free)))

    def add(self, row: Mapping[str, Any], *, ip: str | None) -> bool:
        """Add a row of whoever calls from an address; False where none was added.

        Those beyond the newest fifty of its network go. Without an address it is of a
        user who is known, and counts for no network.
        """
        network = None if ip is None else digest(network_of(ip))
        added = self._add.one_or_none({**row, "network": network, "of": network})
        if added is not None and network and added.waiting >= MOST_WAITING:
            self._forget.run({"of": network})
        return added is not None
