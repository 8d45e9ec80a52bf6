"""/api/admin/waitlists: who waits for which feature."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import find_user
from idp.organizations.waitlists.administration import (
    WaitingUser,
    list_waiting,
    list_waitlists,
    remove_waiting,
)
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("admin_waitlists_api", __name__, tag="Administration: waitlists")
PATH = "/api/admin/waitlists"
ONE = f"{PATH}/<feature>"
ENTRY = f"{ONE}/<organization_id>/<user_id>"


class WaitlistAnswer(Answer):
    """A feature that somebody waits for."""

    __qualname__ = "Waitlist"  # as the API document calls it

    feature: str
    waiting: int = Field(description="How many do")
    first_at: datetime
    newest_at: datetime


class WaitingUserAnswer(Answer):
    """A user who waits, and in which organization; `personal` is the user's own."""

    __qualname__ = "WaitingUser"  # as the API document calls it

    user_id: str
    email: str
    name: str | None
    organization_id: str
    organization_name: str
    personal: bool
    created_at: datetime


@api.operation(
    "GET",
    PATH,
    id="admin_waitlists_api_show_all",
    query=PageQuery,
    answers={200: PageAnswer[WaitlistAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: PageQuery) -> Response:
    """List the features that somebody waits for, by name."""
    access.require(who, Permission.WAITLIST)
    page = list_waitlists(query)
    items = [
        WaitlistAnswer(
            feature=each.feature,
            waiting=each.waiting,
            first_at=each.first_at,
            newest_at=each.newest_at,
        )
        for each in page.items
    ]
    answer = PageAnswer[WaitlistAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "GET",
    ONE,
    id="admin_waitlists_api_show",
    query=PageQuery,
    answers={200: PageAnswer[WaitingUserAnswer]},
    refusals=(NotPermitted,),
)
def show(who: Caller, *, feature: str, query: PageQuery) -> Response:
    """List who waits for a feature, the longest first; nobody for an unknown one."""
    access.require(who, Permission.WAITLIST)
    page = list_waiting(feature, query)
    items = list(map(_answer, page.items))
    answer = PageAnswer[WaitingUserAnswer](items=items, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


@api.operation(
    "DELETE",
    ENTRY,
    id="admin_waitlists_api_remove",
    answers={204: None},
    refusals=(NotPermitted, ReauthenticationRequired),
)
def remove(who: Caller, *, feature: str, organization_id: str, user_id: str) -> None:
    """Take a user off the waitlist of a feature, in one organization; again too."""
    access.require(who, Permission.WAITLIST, on=find_user(user_id))
    access.fresh_proof(who)
    remove_waiting(
        feature, organization_id=organization_id, user_id=user_id, by=who.user_id
    )


def _answer(waiting: WaitingUser) -> WaitingUserAnswer:
    """Return a user of a line as an answer."""
    return WaitingUserAnswer(
        user_id=waiting.user_id,
        email=waiting.email,
        name=waiting.name,
        organization_id=waiting.organization_id,
        organization_name=waiting.organization_name,
        personal=waiting.personal,
        created_at=waiting.created_at,
    )
