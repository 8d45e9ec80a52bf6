"""What a process keeps of the database, and how it hears that it has changed.

Each kind of thing that is kept has a name and, in ``cache_versions``, a version. Who
changes such a thing moves its version in the same transaction; every process looks at
all versions by one SELECT a second and forgets what has moved. Processes that were
forked from one, the workers of a node, hear of it at once (``siblings``). To use what
is kept costs no statement. Where nobody looks (a command) or the database is away,
nothing is believed for longer than TRUSTED_SECONDS.
"""

from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.caches.cached import Cached
from idp.core.caches.siblings import Siblings
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import this_unit
from idp.core.db import Model, insert_of, table_of


class CacheVersion(Model):
    """How often the things of a name have changed."""

    __tablename__ = "cache_versions"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]


versions = table_of(CacheVersion)
READ = select(versions.c.name, versions.c.version)


class Caches:
    """All that a process keeps of the database."""

    def __init__(self, siblings: Siblings, *caches: Cached[Any]) -> None:
        self._caches = caches
        for cache in caches:
            cache.join(siblings)

    def check(self) -> None:
        """Look once for what has changed, by one SELECT in a unit of its own."""
        now = utcnow()
        rows = connection().execute(READ).all()
        found = {row.name: row.version for row in rows}
        for cache in self._caches:
            cache.confirm(found, at=now)

    def bump(self, name: str) -> None:
        """Let every process forget what it keeps of a name, once this is committed."""
        first = insert_of(connection().dialect.name)(versions)
        moved = {"version": versions.c.version + 1}
        connection().execute(
            first.values(name=name, version=1).on_conflict_do_update(
                index_elements=["name"], set_=moved
            )
        )
        this_unit().changed |= {name}
        for cache in self._caches:
            if cache.depends_on(name):
                cache.forget()
