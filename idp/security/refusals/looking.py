"""A refusal by its reference."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, select

from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.errors import IdpError
from idp.security.models import RefusalCount, StoredRefusal
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.record import RefusalRecord

KEPT, COUNTS_KEPT = timedelta(days=30), timedelta(days=400)
BATCH = 500
LONGEST_REFERENCE = 64

refusals = table_of(StoredRefusal)


class NoSuchRefusal(IdpError):
    """A reference under which nothing was refused, or that is kept no more."""

    code = "no_such_refusal"
    status = HTTPStatus.NOT_FOUND
    title = "Nothing is kept under this reference."


OLD = (
    select(refusals.c.id)
    .where(refusals.c.at < bindparam("before", type_=refusals.c.at.type))
    .order_by(refusals.c.at)
    .limit(BATCH)
)


def get_refusal(reference: str) -> RefusalRecord:
    """Return the refusal under a reference; raises NoSuchRefusal."""
    found = find_refusal_record(reference)
    if found is None:
        raise NoSuchRefusal
    return found


def find_refusal_record(reference: str) -> RefusalRecord | None:
    """Return the refusal under a reference; None when there is none, or no more.

    What another process has refused is found a second later at most.
    """
    waiting = current(RefusalBook).find(reference)
    if waiting or len(reference) > LONGEST_REFERENCE:
        return waiting
    newest = select(StoredRefusal).where(StoredRefusal.reference == reference)
    row = db.session.scalars(newest.order_by(StoredRefusal.id.desc()).limit(1)).first()
    if row is None:
        return None
    fields = RefusalRecord.__dataclass_fields__
    return RefusalRecord(**{name: getattr(row, name) for name in fields})


def purge_refusals(now: datetime) -> int:
    """Delete refusals of thirty days ago, some at a time; return how many went.

    How often strangers were refused is known for longer.
    """
    before = (now - COUNTS_KEPT).date()
    db.session.execute(delete(RefusalCount).where(RefusalCount.day < before))
    gone = db.session.execute(
        delete(refusals).where(refusals.c.id.in_(OLD)), {"before": now - KEPT}
    )
    return cast("CursorResult[Any]", gone).rowcount
