"""Delivering back-channel notices (OIDC Back-Channel Logout §2.5, §2.8).

A claim is one guarded UPDATE, committed before anything goes over the network. A worker
that dies between sending and marking leaves its claim behind, and the notice is sent
again when that has run out: at least once, which a sign-out tolerates.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.oauth.clients.cache import find_client
from idp.oauth.logout.token import logout_token
from idp.oauth.models import LogoutDelivery
from idp.security import audit
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound

log = logging.getLogger("idp.logout")

BATCH = 20
PER_CLIENT = 5  # in one batch, so that a client that is away delays no other's notices
AT_ONCE = 5
CLAIM = timedelta(minutes=1)  # longer than a whole batch of answers that time out
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP = timedelta(hours=24)
ACCEPTED = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
GONE = "client_gone"

deliveries = table_of(LogoutDelivery)
NOW = bindparam("now", type_=deliveries.c.created_at.type)


def _waiting(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition of rows that anyone may try at ``now``."""
    return (
        deliveries.c.delivered_at.is_(None)
        & deliveries.c.failed_at.is_(None)
        & (deliveries.c.next_try_at <= now)
        & or_(deliveries.c.claimed_until.is_(None), deliveries.c.claimed_until <= now)
    )


PLACED = (
    select(
        deliveries.c.id,
        deliveries.c.next_try_at,
        func.row_number()
        .over(partition_by=deliveries.c.client_id, order_by=deliveries.c.next_try_at)
        .label("place"),
    )
    .where(_waiting(NOW))
    .subquery()
)
DUE = (
    select(PLACED.c.id)
    .where(PLACED.c.place <= PER_CLIENT)
    .order_by(PLACED.c.next_try_at)
    .limit(BATCH)
)
CLAIM_ONE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery_id"), _waiting(NOW))
    .values(claimed_until=bindparam("until"), tries=deliveries.c.tries + 1)
    .returning(
        deliveries.c.id,
        deliveries.c.client_id,
        deliveries.c.user_id,
        deliveries.c.sid,
        deliveries.c.created_at,
        deliveries.c.tries,
    )
)
RECORD = update(deliveries).where(deliveries.c.id == bindparam("delivery_id"))


@dataclass(frozen=True)
class Notice:
    """One claimed delivery."""

    id: str
    client_id: str
    user_id: str
    sid: str
    created_at: datetime
    tries: int


@dataclass(frozen=True)
class SignedNotice:
    """A notice with its token, ready to be sent without the database."""

    notice: Notice
    url: str
    token: str


def deliver_due() -> int:
    """Try up to BATCH notices, some at a time; return how many need no more of us.

    Commits after each step. With nothing due it costs one SELECT.
    """
    due = db.session.scalars(DUE, {"now": utcnow()}).all()
    db.session.commit()
    signed = _signed(filter(None, map(claim, due)))
    db.session.commit()
    if not signed:
        return 0
    outbound = current(Outbound)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda ready: _send(ready, outbound), signed))
    for ready, answer in zip(signed, answers, strict=True):
        _record_outcome(ready.notice, answer)
        db.session.commit()
    return sum(map(_accepted, answers))


def claim(delivery_id: str) -> Notice | None:
    """Take one notice; None when another worker was first."""
    now = utcnow()
    values = {"delivery_id": delivery_id, "now": now, "until": now + CLAIM}
    row = db.session.execute(CLAIM_ONE, values).one_or_none()
    db.session.commit()
    return Notice(*row) if row else None


def _signed(notices: Iterable[Notice]) -> list[SignedNotice]:
    """Make the tokens; a client that wants no notices any more gets none."""
    signed = []
    for notice in notices:
        client = find_client(notice.client_id)
        if client is None or client.backchannel_logout_uri is None:
            _give_up(notice, GONE)
            continue
        token = logout_token(
            client, user_id=notice.user_id, sid=notice.sid, now=utcnow()
        )
        signed.append(SignedNotice(notice, client.backchannel_logout_uri, token))
    return signed


def _send(ready: SignedNotice, outbound: Outbound) -> Fetched | Blocked | Failed:
    """Post the logout token; runs in a thread of its own, without the database."""
    return outbound.post_form(ready.url, {"logout_token": ready.token})


def _accepted(answer: Fetched | Blocked | Failed) -> bool:
    """Tell whether the client signed its user out; a redirect says nothing."""
    return isinstance(answer, Fetched) and answer.status in ACCEPTED


def _record_outcome(notice: Notice, answer: Fetched | Blocked | Failed) -> None:
    """Record the delivery, or when to try again, or that it cannot be."""
    if _accepted(answer):
        _mark(notice, delivered_at=utcnow(), last_error=None)
        log.info("logout.delivered", extra=_logged(notice))
    elif isinstance(answer, Blocked):
        audit.record(
            "ssrf.blocked",
            outcome="refused",
            client_id=notice.client_id,
            host=answer.host,
        )
        _give_up(notice, f"blocked_{answer.reason}")
    elif isinstance(answer, Fetched):
        _put_off(notice, f"http_{answer.status}")
    else:
        _put_off(notice, answer.reason)


def _put_off(notice: Notice, reason: str) -> None:
    """Try again later, or give up when that would be too late."""
    next_try_at = utcnow() + _wait_after(notice.tries)
    if next_try_at > notice.created_at + GIVE_UP:
        _give_up(notice, reason)
        return
    _mark(notice, next_try_at=next_try_at, last_error=reason)
    log.warning("logout.delayed", extra={**_logged(notice), "reason": reason})


def _give_up(notice: Notice, reason: str) -> None:
    """Record that the client will not be told."""
    _mark(notice, failed_at=utcnow(), last_error=reason)
    log.error("logout.failed", extra={**_logged(notice), "reason": reason})


def _mark(notice: Notice, **values: datetime | str | None) -> None:
    """Write what became of a notice, and let go of it."""
    settled = RECORD.values(claimed_until=None, **values)
    db.session.execute(settled, {"delivery_id": notice.id})


def _wait_after(tries: int) -> timedelta:
    """Return the pause after this many failed tries: 5 s, doubled, at most an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 16)), LONGEST_WAIT)


def _logged(notice: Notice) -> dict[str, str | int]:
    """Return what the log tells of a notice."""
    return {"client_id": notice.client_id, "sid": notice.sid, "tries": notice.tries}
