"""What became of back-channel notices, and sending one again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, update

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.errors import IdpError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.oauth.models import Client, LogoutDelivery
from idp.security import audit

deliveries, clients = table_of(LogoutDelivery), table_of(Client)
users = table_of(User)


class DeliveryState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


IN_STATE: dict[DeliveryState, ColumnElement[bool]] = {
    DeliveryState.WAITING: and_(
        deliveries.c.delivered_at.is_(None), deliveries.c.failed_at.is_(None)
    ),
    DeliveryState.DELIVERED: deliveries.c.delivered_at.is_not(None),
    DeliveryState.FAILED: deliveries.c.failed_at.is_not(None),
}
NAMED = (
    *deliveries.c,
    clients.c.client_name,
    users.c.email,
)
# A worker that is sending it right now sends it anyway.
SEND_AGAIN = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("of_delivery"),
        or_(
            deliveries.c.claimed_until.is_(None),
            deliveries.c.claimed_until <= bindparam("now"),
        ),
    )
    .values(
        next_try_at=bindparam("now"),
        claimed_until=None,
        delivered_at=None,
        failed_at=None,
    )
)


NEWEST = Order((deliveries.c.id,), descending=True)


class NoSuchDelivery(IdpError):
    """A notice that does not exist, or is kept no more."""

    code = "no_such_delivery"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such delivery."


@dataclass(frozen=True)
class Delivery:
    """One notice; ``error`` is why the newest try failed, None once it has arrived.

    ``next_try_at`` is None for one that is tried no more.
    """

    id: str
    client_id: str
    client_name: str
    user_id: str
    email: str
    sid: str
    state: DeliveryState
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    error: str | None
    delivered_at: datetime | None
    failed_at: datetime | None


def list_deliveries(
    request: PageRequest,
    *,
    client_id: str | None = None,
    state: DeliveryState | None = None,
) -> Page[Delivery]:
    """Return one page of notices, the newest first, as long as they are kept."""
    of = f"deliveries:{state or ''}:{client_id or ''}"
    found = newest_deliveries(client_id, state)
    wanted = seek(found, NEWEST, request=request, of=of)
    rows = [_delivery(row) for row in db.session.execute(wanted)]
    return page_of(rows, request, of=of, position=lambda row: (row.id,))


def newest_deliveries(
    client_id: str | None, state: DeliveryState | None
) -> Select[Any]:
    """Return the query of these notices, the newest first."""
    found = (
        select(*NAMED)
        .join_from(deliveries, clients)
        .join(users, users.c.id == deliveries.c.user_id)
        .order_by(deliveries.c.id.desc())
    )
    if client_id is not None:
        found = found.where(deliveries.c.client_id == client_id)
    return found if state is None else found.where(IN_STATE[state])


def replay_delivery(
    delivery_id: str, *, client_id: str | None = None, by: str | None = None
) -> None:
    """Have a notice sent again at once, whatever became of it.

    When its day of tries is over, it is tried once. ``client_id`` is whose it has to
    be. Raises NoSuchDelivery.
    """
    row = db.session.get(LogoutDelivery, delivery_id)
    if row is None or client_id not in (None, row.client_id):
        raise NoSuchDelivery
    before = {"state": _state_of(row), "tries": row.tries, "error": row.last_error}
    if not changed_one(SEND_AGAIN, {"of_delivery": delivery_id, "now": utcnow()}):
        return
    audit.record(
        "delivery.replayed",
        user_id=by,
        client_id=row.client_id,
        delivery_id=delivery_id,
        before=before,
        after={"state": DeliveryState.WAITING},
    )


def _delivery(row: Any) -> Delivery:
    """Return a row as a notice."""
    state = _state_of(row)
    return Delivery(
        id=row.id,
        client_id=row.client_id,
        client_name=row.client_name,
        user_id=row.user_id,
        email=row.email,
        sid=row.sid,
        state=state,
        tries=row.tries,
        created_at=row.created_at,
        next_try_at=row.next_try_at if state is DeliveryState.WAITING else None,
        error=row.last_error,
        delivered_at=row.delivered_at,
        failed_at=row.failed_at,
    )


def _state_of(row: Any) -> DeliveryState:
    """Return where a row stands."""
    if row.delivered_at is not None:
        return DeliveryState.DELIVERED
    if row.failed_at is not None:
        return DeliveryState.FAILED
    return DeliveryState.WAITING
