"""Sealing again, under the new secret, what was sealed under the old one.

Safe beside servers that know both: a value that changed meanwhile is let be, and each
batch is committed, so that who is interrupted goes on where they were. What tells
whether a secret is that of the database comes last: until then no server starts
without the old one.
"""

from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Row,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    update,
)

from idp.accounts.factors import recovery_codes
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import changed_one, db
from idp.core.sealing import KEY_ID_BYTES, Keyring, SealBroken, SealedColumn
from idp.oauth.settings import OAuthSettings
from idp.ops.instance import CANARY, find_value, keep_canary, keep_value
from idp.ops.secrets.columns import SEALED
from idp.security import audit

BATCH = 200


@dataclass(frozen=True)
class Resealed:
    """What was sealed again, what opens by no secret, what others sealed meanwhile.

    ``complete_since`` is when nothing was left that needs an old secret, None while
    something is; ``noticed_until`` is when the last refresh token by an old one ends.
    """

    done: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    left: int = 0
    complete_since: datetime | None = None
    noticed_until: datetime | None = None


def reseal() -> Resealed:
    """Seal all again that is not under the first secret; commits in batches."""
    done: Counter[str] = Counter()
    unreadable: Counter[str] = Counter()
    done["recovery codes"] += _keep_keys_of_codes()
    for name, columns in SEALED.items():
        for column in columns:
            again, broken = _reseal_column(column)
            done[name] += again
            unreadable[name] += broken
    left = sum(map(_count_left, _all_columns())) - unreadable.total()
    if left:
        return Resealed(done, unreadable, left)
    since = _complete(done)
    idle = timedelta(seconds=current(OAuthSettings).refresh_idle_seconds)
    return Resealed(done, unreadable, 0, since, since + idle)


def _not_newest(column: SealedColumn) -> ColumnElement[bool]:
    """Name the values of a column that are not under the first secret."""
    begins = func.substr(column.column, 1, KEY_ID_BYTES, type_=LargeBinary)
    newest = literal(current(Keyring).newest_id, LargeBinary)
    return column.column.is_not(None) & (begins != newest)


def _all_columns() -> list[SealedColumn]:
    return [column for columns in SEALED.values() for column in columns]


def _reseal_column(sealed: SealedColumn) -> tuple[int, int]:
    """Seal a column's values again; return how many, and how many do not open."""
    done, broken = 0, 0
    last: tuple[Any, ...] | None = None
    while rows := _next_batch(sealed, after=last):
        for row in rows:
            again = _sealed_again(sealed, row)
            if again is None:
                broken += 1
            else:
                done += _replace(sealed, row, again=again)
        last = tuple(rows[-1][:-1])
        db.session.commit()
    return done, broken


def _next_batch(
    sealed: SealedColumn, *, after: tuple[Any, ...] | None
) -> list[Row[Any]]:
    """Return the names of some rows and their values, in the order of the names."""
    names = [sealed.column.table.c[name] for name in sealed.names]
    chosen = select(*names, sealed.column).where(_not_newest(sealed))
    if after is not None:
        chosen = chosen.where(tuple_(*names) > tuple_(*after))
    return list(connection().execute(chosen.order_by(*names).limit(BATCH)))


def _sealed_again(sealed: SealedColumn, row: Row[Any]) -> bytes | None:
    """Return a value under the first secret, None when no secret opens it."""
    ring = current(Keyring)
    bound_to = sealed.bound_to(**dict(zip(sealed.names, row[:-1], strict=True)))
    try:
        return ring.seal(ring.open(row[-1], bound_to=bound_to), bound_to=bound_to)
    except SealBroken:
        return None


def _replace(sealed: SealedColumn, row: Row[Any], *, again: bytes) -> bool:
    """Write a value, unless another was written meanwhile."""
    table = sealed.column.table
    this = [
        table.c[name] == value
        for name, value in zip(sealed.names, tuple(row)[:-1], strict=True)
    ]
    replacing = (
        update(table)
        .where(*this, sealed.column == bindparam("read", type_=LargeBinary))
        .values({sealed.column: bindparam("again", type_=LargeBinary)})
    )
    return changed_one(replacing, {"read": row[-1], "again": again})


def _keep_keys_of_codes() -> int:
    """Put beside the recovery codes of before by what they may have been made."""
    codes, done = recovery_codes.codes, 0
    bare = select(codes.c.id).where(codes.c.keys_sealed.is_(None)).limit(BATCH)
    keep = (
        update(codes)
        .where(codes.c.id == bindparam("of_code"), codes.c.keys_sealed.is_(None))
        .values(keys_sealed=bindparam("kept"))
    )
    while ids := connection().scalars(bare).all():
        for code_id in ids:
            kept = recovery_codes.seal_keys(code_id)
            done += changed_one(keep, {"of_code": code_id, "kept": kept})
        db.session.commit()
    return done


def _count_left(sealed: SealedColumn) -> int:
    """Return how many values are not under the first secret."""
    counted = select(func.count()).select_from(sealed.column.table)
    return connection().execute(counted.where(_not_newest(sealed))).scalar_one()


def _complete(done: Counter[str]) -> datetime:
    """Tell the database that the first secret is its own; return since when it is."""
    ring = current(Keyring)
    mark = f"resealed:{ring.newest_id.hex()}"
    canary = find_value(CANARY)
    if canary is None or not b64decode(canary).startswith(ring.newest_id):
        keep_canary()
        keep_value(mark, utcnow().isoformat())
        audit.record("secret.resealed", after=dict(+done))
    db.session.commit()
    since = find_value(mark) or find_value("created_at") or utcnow().isoformat()
    return datetime.fromisoformat(since)
