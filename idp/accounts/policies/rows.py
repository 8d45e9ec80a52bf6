"""The rows of policies: kept by each process, and changed.

The version before this one, which may run beside it through an upgrade, writes what
owners of an organization decide to the scope of operators, and marks it. Such a row is
the owners' here, and newer than one of theirs that is there too: each change moves it.
The next release, which stands beside this one alone, does without.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, exists, select, update

from idp.accounts.models import Policy
from idp.accounts.policies.keys import KEYS, PolicyKey, Scope
from idp.core.caches.cached import Cached
from idp.core.caches.versions import Caches
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import insert_of, table_of
from idp.core.settings.values import Unreadable

log = logging.getLogger(__name__)

T = TypeVar("T")
POLICIES = "policies"  # the name in cache_versions

policies = table_of(Policy)
ALL = select(policies).order_by(policies.c.scope.desc())  # OWNERS, then ORGANIZATION
WHERE = ("scope", "scope_id", "key")
DECIDED = ("value", "updated_by", "updated_at")

newer = policies.alias("newer")
FORGET_OLDER = delete(policies).where(
    policies.c.scope == Scope.OWNERS.value,
    exists().where(
        newer.c.scope == Scope.ORGANIZATION.value,
        newer.c.by_operator.is_(False),
        newer.c.scope_id == policies.c.scope_id,
        newer.c.key == policies.c.key,
    ),
)
MOVE_MARKED = (
    update(policies)
    .where(policies.c.scope == Scope.ORGANIZATION.value)
    .where(policies.c.by_operator.is_(False))
    .values(scope=Scope.OWNERS.value)
)


@dataclass(frozen=True)
class PolicyRow:
    """One decision; ``updated_by`` is None for the operator of the machine."""

    scope: Scope
    scope_id: str
    key: str
    value: Any
    updated_by: str | None
    updated_at: datetime


Place = tuple[Scope, str]  # a scope and its id


@dataclass(frozen=True)
class PolicyRows:
    """All rows, by key and place."""

    by_key: Mapping[str, Mapping[Place, PolicyRow]]

    def of(self, key: PolicyKey[T]) -> Mapping[Place, PolicyRow]:
        """Return the rows of a key."""
        return self.by_key.get(key.name, {})


class PolicyCache(Cached[PolicyRows]):
    """The rows, as a process knows them: to use them costs no statement."""

    def __init__(self) -> None:
        super().__init__(POLICIES)


def policy_rows() -> PolicyRows:
    """Return all rows of keys that this version knows."""
    return current(PolicyCache).fetch(POLICIES, _read)


def hold_rows() -> PolicyRows:
    """Return the rows as they are, for a change: nobody else changes one meanwhile.

    Every process forgets what it knows, once this is committed.
    """
    current(Caches).bump(POLICIES)
    connection().execute(FORGET_OLDER)
    connection().execute(MOVE_MARKED)
    return _read()


def write_row(row: PolicyRow) -> None:
    """Store a decision, whatever was decided there before; of held rows."""
    named = {name: getattr(row, name) for name in WHERE}
    decided = {name: getattr(row, name) for name in DECIDED}
    adding = insert_of(connection().dialect.name)(policies).values(named | decided)
    connection().execute(
        adding.on_conflict_do_update(index_elements=WHERE, set_=decided)
    )


def delete_row(row: PolicyRow) -> None:
    """Decide nothing there any more; of held rows."""
    where = [policies.c[name] == getattr(row, name) for name in WHERE]
    connection().execute(delete(policies).where(*where))


def forget_place(place: Place) -> None:
    """Delete the policies of something that goes: its id may come again."""
    scope, scope_id = place
    of_place = (policies.c.scope == scope, policies.c.scope_id == scope_id)
    if connection().execute(delete(policies).where(*of_place)).rowcount:
        current(Caches).bump(POLICIES)


def _read() -> PolicyRows:
    """Read the rows; what another version wrote and we cannot read says nothing."""
    by_key: dict[str, dict[Place, PolicyRow]] = {}
    for row in connection().execute(ALL):
        key = KEYS.get(row.key)
        if key is None or row.scope not in key.scopes:
            continue
        try:
            value = key.kind.parse(row.value)
        except Unreadable:
            log.warning("policy unreadable", extra={"key": row.key})
            continue
        read = PolicyRow(
            _scope_of(row), row.scope_id, row.key, value,
            row.updated_by, row.updated_at,
        )  # fmt: skip
        by_key.setdefault(row.key, {})[read.scope, read.scope_id] = read
    return PolicyRows(by_key)


def _scope_of(row: Any) -> Scope:
    """Return where a row counts: a marked one is the owners'."""
    if row.scope == Scope.ORGANIZATION and not row.by_operator:
        return Scope.OWNERS
    return Scope(row.scope)
