"""The audit log: who did what to whom, from where (security.md §11).

Each row is stamped with the running request's address, browser and id, as log lines are
with the id: the front sets them, and no rule has to hand them on.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from idp.core.clock import utcnow
from idp.core.context import Caller, current, running_caller, running_unit
from idp.core.db import db
from idp.core.events import publish
from idp.core.log import log_event
from idp.security.events import EVENTS, LOGGED, STORED, Outcome, refuse_unlisted
from idp.security.models import AuditEvent
from idp.security.refusals.counting import count_refusal
from idp.security.refusals.rations import AuditRations

log = logging.getLogger("idp.audit")

# Actors that are no users, and how the names of programs begin.
OPERATOR = "operator"
PROGRAM_MARKS = ("api_key:", "client:")

# What something was or became: plain values by name.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Audited:
    """An event was written to the log, as a row or a line alone.

    Its request may be undone, or begin again where it may wait: it is for numbers.
    """

    event: str
    outcome: Outcome
    detail: Values


def record(
    event: str,
    *,
    outcome: Outcome = "ok",
    user_id: str | None = None,
    client_id: str | None = None,
    **detail: str | int | bool | list[str] | Values | None,
) -> None:
    """Add one audit row to the caller's transaction, and a log line.

    What was refused to somebody that nobody knows is counted instead, but for the first
    of an hour in the name of a client: rows of it could fill the disk. ``client_id`` is
    that of a registered client.
    ``detail`` must hold no secret, no token and no address that was not verified.
    UnlistedEvent for what ``security.events`` does not list.
    """
    said = {key: value for key, value in detail.items() if value is not None}
    refuse_unlisted(event, outcome, details=said, least=STORED)
    who = running_caller()
    subject = cast("str | None", said.get(EVENTS[event].whom))
    ids = {"user_id": user_id, "client_id": client_id}
    _tell(event, outcome, ids=ids, detail=detail)
    if outcome == "refused":
        _note_refused(event)
        if not (user_id or who.actor or subject or _may_name(client_id, event)):
            count_refusal(event)
            return
    db.session.add(
        AuditEvent(
            event=event,
            outcome=outcome,
            user_id=user_id,
            subject=subject,
            organization_id=cast("str | None", said.get(EVENTS[event].organization)),
            client_id=client_id,
            detail=said,
            **_stamp(who),
        )
    )


def note(
    event: str,
    *,
    outcome: Outcome = "ok",
    user_id: str | None = None,
    client_id: str | None = None,
    **detail: str | int | bool | list[str] | None,
) -> None:
    """Write the log line alone: for events too frequent for rows (token.issued)."""
    refuse_unlisted(event, outcome, details=detail, least=LOGGED)
    ids = {"user_id": user_id, "client_id": client_id}
    _tell(event, outcome, ids=ids, detail=detail)


def _tell(
    event: str, outcome: Outcome, *, ids: Mapping[str, str | None], detail: Values
) -> None:
    """Write the log line, and tell whoever counts."""
    log_event(log, event, outcome=outcome, **ids, **detail)
    publish(Audited(event, outcome, detail))


def _may_name(client_id: str | None, event: str) -> bool:
    """Tell whether a refusal of nobody known may be a row: it names a client."""
    if client_id is None:
        return False
    rations = current(AuditRations)
    return rations.take(event, client_id=client_id, now=utcnow())


def _note_refused(event: str) -> None:
    """Tell whoever keeps refusals which one this is; the first counts."""
    unit = running_unit()
    if unit and unit.refused is None:
        unit.refused = event


def _stamp(who: Caller) -> dict[str, str | None]:
    """Return what a row says of the request that it was written in."""
    return {
        "actor": who.actor,
        "ip": who.ip,
        "user_agent": who.user_agent,
        "request_id": who.request_id,
    }
