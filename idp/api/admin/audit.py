"""/api/admin/audit: who did what, to whom, from where and when."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.administration.audit_search import AuditFilters, search_audit
from idp.security.events import Outcome
from idp.security.models import AuditEvent
from idp.security.refusals.looking import NoSuchRefusal, get_refusal
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.lines import reply_lines, wants_lines
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_audit_api", __name__, tag="Administration: logs")


class AuditQuery(PageQuery):
    """Which rows of the audit log to list."""

    who: str | None = Field(
        None,
        max_length=300,
        description="A user's id, `operator`, `api_key:<id>` or `client:<id>`",
    )
    event: str | None = Field(None, max_length=64, description="Like `client.changed`")
    outcome: Outcome | None = None
    whom: str | None = Field(
        None, max_length=32, description="The id of the user it was done to"
    )
    organization_id: str | None = Field(
        None, max_length=32, description="The id of the organization that it concerns"
    )
    client_id: str | None = Field(None, max_length=255)
    ip: str | None = Field(None, max_length=45)
    request_id: str | None = Field(
        None, max_length=64, description="The reference that error pages show"
    )
    since: AwareDatetime | None = Field(None, description="Not before this")
    until: AwareDatetime | None = Field(None, description="Before this")


class AuditRow(Answer):
    """One event.

    `user_id` is who acted, or whom it is about where `actor` names who acted: the
    `operator` of the machine or a program. `subject` is the user it was done to,
    `organization_id` the organization that it concerns.
    """

    id: str
    occurred_at: datetime
    event: str
    outcome: str
    user_id: str | None
    actor: str | None
    subject: str | None
    organization_id: str | None
    client_id: str | None
    ip: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, Any]


@api.operation(
    "GET",
    "/api/admin/audit",
    id="admin_audit_api_show_all",
    query=AuditQuery,
    answers={200: PageAnswer[AuditRow]},
    refusals=(NotPermitted,),
    lines=AuditRow,
)
def show_all(who: Caller, query: AuditQuery) -> Response:
    """Search the audit log, the newest first; also as JSON lines, by `Accept`.

    As lines a page says where the next one is in its `Link` header alone.
    """
    access.require(who, Permission.AUDIT_READ)
    wanted = query.model_dump(exclude={"limit", "cursor"})
    page = search_audit(AuditFilters(**wanted), query)
    answer = PageAnswer[AuditRow](
        items=[_answer(row) for row in page.items], next_cursor=page.next_cursor
    )
    headers = {**next_link(page), "Vary": "Accept"}
    if wants_lines():
        return reply_lines(answer, headers=headers)
    return reply(answer, headers=headers)


class RefusalAnswer(Answer):
    """Why a request was refused, by the reference that its caller got.

    `received` is what was sent, by name: secrets, codes and tokens by their length and
    how their SHA-256 begins. `known` tells whether a client of ours, a user or a
    program asked.
    """

    reference: str
    at: datetime
    endpoint: str
    status: int
    error: str
    check: str
    client_id: str | None
    known: bool
    received: dict[str, str]
    expected: str
    fix: str


@api.operation(
    "GET",
    "/api/admin/refusals/<reference>",
    id="admin_audit_api_explain",
    answers={200: RefusalAnswer},
    refusals=(NotPermitted, NoSuchRefusal),
)
def explain(who: Caller, reference: str) -> RefusalAnswer:
    """Say why a request was refused, and what helps.

    Of callers that nobody knows the newest 10,000 are kept, of others those of thirty
    days, 10,000 of each client at most.
    """
    access.require(who, Permission.AUDIT_READ)
    found = asdict(get_refusal(reference))
    return RefusalAnswer(**found | {"client_id": found["client_id"] or None})


def _answer(row: AuditEvent) -> AuditRow:
    """Return a row as an answer."""
    told = {name: getattr(row, name) for name in AuditRow.model_fields}
    return AuditRow.model_validate(told)
