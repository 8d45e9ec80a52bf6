"""/api/admin/approvals: new accounts that wait for an operator."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.lifecycle import approvals
from idp.accounts.lifecycle.approvals import (
    MOST_AT_ONCE,
    ListedApproval,
    NotPending,
    list_approvals,
)
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint(
    "admin_approvals_api", __name__, tag="Administration: approvals and waitlist"
)
PATH = "/api/admin/approvals"
REFUSALS = (NotPermitted, ReauthenticationRequired, NotPending)


class ApprovalsQuery(PageQuery):
    """Which accounts to list."""

    query: str = Field(
        "", max_length=200, description="How an address begins, or part of a name"
    )


class ApprovalAnswer(Answer):
    """A new account that waits; `expires_at` it is gone by itself."""

    __qualname__ = "WaitingAccount"  # as the API document calls it

    id: str
    email: str
    name: str | None
    username: str | None
    asked_at: datetime
    expires_at: datetime


class WhoIsDecided(Body):
    """The accounts that are decided about, by the ids of their users."""

    users: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Decided(Answer):
    """Those of them that waited; the others were decided about before."""

    users: list[str]


@api.operation(
    "GET",
    PATH,
    id="admin_approvals_api_show_all",
    query=ApprovalsQuery,
    answers={200: PageAnswer[ApprovalAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: ApprovalsQuery) -> Response:
    """List the accounts that wait for approval, the longest first."""
    access.require(who, Permission.WAITLIST)
    page = list_approvals(query, text=query.query.strip())
    answer = PageAnswer[ApprovalAnswer](
        items=[_answer(item) for item in page.items], next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    f"{PATH}/approve",
    id="admin_approvals_api_approve",
    body=WhoIsDecided,
    answers={200: Decided},
    refusals=REFUSALS,
)
def approve(who: Caller, body: WhoIsDecided) -> Decided:
    """Let accounts in; their users are mailed that."""
    _admit(who)
    return Decided(users=approvals.approve(body.users, by=who.by))


@api.operation(
    "POST",
    f"{PATH}/decline",
    id="admin_approvals_api_decline",
    body=WhoIsDecided,
    answers={200: Decided},
    refusals=REFUSALS,
)
def decline(who: Caller, body: WhoIsDecided) -> Decided:
    """Turn accounts away: they are erased, and their users are mailed that."""
    _admit(who)
    return Decided(users=approvals.decline(body.users, by=who.by))


def _admit(who: Caller) -> None:
    """Raise unless a caller may decide now."""
    access.require(who, Permission.WAITLIST)
    access.fresh_proof(who)


def _answer(item: ListedApproval) -> ApprovalAnswer:
    """Return an account as an answer."""
    told = {name: getattr(item, name) for name in ApprovalAnswer.model_fields}
    return ApprovalAnswer.model_validate(told)
