"""Delivering back-channel notices (OIDC Back-Channel Logout §2.5, §2.8)."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import Row

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import commit_if_used, table_of
from idp.core.outbox import DeliveryLog, Outbox, Share
from idp.oauth.clients.cache import find_client
from idp.oauth.logout.token import logout_token
from idp.oauth.models import LogoutDelivery
from idp.security import audit
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound

BATCH = 20
PER_CLIENT = 5  # in one batch, so that a client that is away delays no other
AT_ONCE = 5
ACCEPTED = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
GONE = "client_gone"

deliveries = table_of(LogoutDelivery)


def _facts(row: Row[Any]) -> dict[str, str | int]:
    """Return what the log says of a notice."""
    return {"client_id": row.client_id, "sid": row.sid, "tries": row.tries}


NOTICES = Outbox(
    deliveries,
    done="delivered_at",
    claim_for=timedelta(minutes=1),  # longer than a batch of answers that time out
    first_wait=timedelta(seconds=5),
    share=Share(deliveries.c.client_id, PER_CLIENT),
    log=DeliveryLog(
        logging.getLogger("idp.logout"),
        done="logout.delivered",
        delayed="logout.delayed",
        failed="logout.failed",
        facts=_facts,
    ),
)


@dataclass(frozen=True)
class ClaimedNotice:
    """A claimed row with its token, ready to be sent without the database."""

    row: Row[Any]
    url: str
    token: str


def deliver_due() -> int:
    """Try up to BATCH notices, some at a time; return how many arrived.

    Commits after each step. With nothing due it costs one SELECT.
    """
    claimed = map(NOTICES.claim, NOTICES.find_due(BATCH))
    notices = _with_tokens(filter(None, claimed))
    commit_if_used()  # no connection is held while clients are called
    if not notices:
        return 0
    outbound = current(Outbound).for_operators()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda notice: _send(notice, outbound), notices))
    for notice, answer in zip(notices, answers, strict=True):
        _record_outcome(notice.row, answer)
    return sum(map(accepted, answers))


def accepted(answer: Fetched | Blocked | Failed) -> bool:
    """Tell whether the client signed its user out; a redirect says nothing."""
    return isinstance(answer, Fetched) and answer.status in ACCEPTED


def reason_of(answer: Fetched | Blocked | Failed) -> str | None:
    """Return in a word why an answer is none to be content with; None if it is."""
    if isinstance(answer, Blocked):
        return f"blocked_{answer.reason}"
    if isinstance(answer, Failed):
        return answer.reason
    return None if accepted(answer) else f"http_{answer.status}"


def _with_tokens(rows: Iterable[Row[Any]]) -> list[ClaimedNotice]:
    """Make the tokens; a client that takes no notices any more gets none."""
    notices = []
    for row in rows:
        client = find_client(row.client_id)
        if client is None or client.backchannel_logout_uri is None:
            NOTICES.give_up(row, GONE)
            continue
        token = logout_token(client, user_id=row.user_id, sid=row.sid, now=utcnow())
        notices.append(ClaimedNotice(row, client.backchannel_logout_uri, token))
    return notices


def _send(notice: ClaimedNotice, outbound: Outbound) -> Fetched | Blocked | Failed:
    """Post the logout token; runs in a thread of its own, without the database."""
    return outbound.post_form(notice.url, {"logout_token": notice.token})


def _record_outcome(row: Row[Any], answer: Fetched | Blocked | Failed) -> None:
    """Record the delivery, or when to try again, or that it failed."""
    reason = reason_of(answer)
    if reason is None:
        NOTICES.succeed(row)
    elif isinstance(answer, Blocked):
        audit.record(
            "ssrf.blocked",
            outcome="refused",
            client_id=row.client_id,
            host=answer.host,
        )
        NOTICES.give_up(row, reason)
    else:
        NOTICES.put_off(row, reason)
