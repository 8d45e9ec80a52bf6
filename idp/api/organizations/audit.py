"""/api/organizations/{id}/audit: what was done in an organization, for its owners."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from idp.accounts.access.principal import Caller
from idp.administration.audit_search import AuditFilters, search_audit
from idp.api.organizations.organizations import ONE
from idp.organizations.access import open_organization
from idp.organizations.errors import (
    InsufficientRole,
    OrganizationDisabled,
    UnknownOrganization,
)
from idp.organizations.rights import Right
from idp.security.events import Outcome
from idp.security.models import AuditEvent
from idp.web.callers.organizations import actor_of
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("organization_audit_api", __name__, tag="Organizations: members")


class OrganizationAuditQuery(PageQuery):
    """Which rows about the organization to list."""

    who: str | None = Field(None, max_length=300, description="A user's id")
    event: str | None = Field(None, max_length=64, description="Like `member.added`")
    outcome: Outcome | None = None
    whom: str | None = Field(
        None, max_length=32, description="The id of the user it was done to"
    )
    since: AwareDatetime | None = Field(None, description="Not before this")
    until: AwareDatetime | None = Field(None, description="Before this")


class OrganizationAuditRow(Answer):
    """One event that concerns the organization.

    `user_id` is who acted; `by_operator` says that it was the operator of the server or
    a program. `subject` is the user it was done to. Where from is theirs alone.
    """

    id: str
    occurred_at: datetime
    event: str
    outcome: str
    user_id: str | None
    by_operator: bool
    subject: str | None
    detail: dict[str, Any]


@api.operation(
    "GET",
    f"{ONE}/audit",
    id="organization_audit_api_show_all",
    query=OrganizationAuditQuery,
    answers={200: PageAnswer[OrganizationAuditRow]},
    refusals=(UnknownOrganization, InsufficientRole, OrganizationDisabled),
)
def show_all(
    who: Caller, *, organization_id: str, query: OrganizationAuditQuery
) -> Response:
    """Search what was done in the organization, the newest first.

    For its owners, and operators who read the audit log. What members do elsewhere is
    not in it, nor where they were.
    """
    organization = open_organization(
        organization_id, actor=actor_of(who), right=Right.AUDIT
    )
    wanted = query.model_dump(exclude={"limit", "cursor"})
    filters = AuditFilters(**wanted, organization_id=organization.id)
    page = search_audit(filters, query)
    answer = PageAnswer[OrganizationAuditRow](
        items=list(map(_row_answer, page.items)), next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


def _row_answer(row: AuditEvent) -> OrganizationAuditRow:
    """Return a row as its owners may read it: without the session that acted."""
    detail = {key: value for key, value in row.detail.items() if key not in UNTOLD}
    return OrganizationAuditRow(
        id=row.id,
        occurred_at=row.occurred_at,
        event=row.event,
        outcome=row.outcome,
        user_id=row.user_id,
        by_operator=row.actor is not None,
        subject=row.subject,
        detail=detail,
    )


UNTOLD = frozenset({"session_id", "organization", "organization_id"})
