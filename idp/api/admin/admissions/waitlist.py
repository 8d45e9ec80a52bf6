"""/api/admin/waitlist: who asked for an account, and letting them in."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.registration.waitlist.letting_in import (
    MOST_AT_ONCE,
    ListedPlace,
    NoSuchPlace,
    NotWaiting,
    let_in,
    let_in_next,
    list_places,
    remove_place,
)
from idp.accounts.registration.waitlist.places import PlaceState
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer, Body
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint(
    "admin_waitlist_api", __name__, tag="Administration: approvals and waitlist"
)
PATH = "/api/admin/waitlist"


class WaitlistQuery(PageQuery):
    """Which places to list."""

    state: PlaceState = PlaceState.WAITING
    query: str = Field(
        "", max_length=200, description="How an address begins, or part of a note"
    )


class PlaceAnswer(Answer):
    """A place; until `admitted_until` the mailed link opens the sign-up.

    `client_id` is the app that they came from.
    """

    __qualname__ = "WaitlistPlace"  # as the API document calls it

    id: str
    email: str
    note: str | None
    client_id: str | None
    state: PlaceState
    asked_at: datetime
    confirmed_at: datetime | None
    admitted_at: datetime | None
    admitted_until: datetime | None


class PlacesToLetIn(Body):
    """Whom to let in, by the ids of their places."""

    places: list[str] = Field(min_length=1, max_length=MOST_AT_ONCE)


class NextToLetIn(Body):
    """How many to let in of those who wait longest."""

    next: int = Field(ge=1, le=MOST_AT_ONCE)


class LetIn(Answer):
    """The places of those who are let in now."""

    places: list[str]


@api.operation(
    "GET",
    PATH,
    id="admin_waitlist_api_show_all",
    query=WaitlistQuery,
    answers={200: PageAnswer[PlaceAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: WaitlistQuery) -> Response:
    """List the places in one state, the first in line first."""
    access.require(who, Permission.WAITLIST)
    page = list_places(query, state=query.state, text=query.query.strip())
    answer = PageAnswer[PlaceAnswer](
        items=[_answer(item) for item in page.items], next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    f"{PATH}/admit",
    id="admin_waitlist_api_admit",
    body=PlacesToLetIn | NextToLetIn,
    answers={200: LetIn},
    refusals=(NotPermitted, ReauthenticationRequired, NotWaiting),
)
def admit(who: Caller, body: PlacesToLetIn | NextToLetIn) -> LetIn:
    """Mail people the link that opens the sign-up for seven days.

    Who was let in before is mailed another once that has run out.
    """
    _admit_change(who)
    if isinstance(body, NextToLetIn):
        return LetIn(places=let_in_next(body.next, by=who.by))
    return LetIn(places=let_in(body.places, by=who.by))


@api.operation(
    "DELETE",
    f"{PATH}/<place_id>",
    id="admin_waitlist_api_remove",
    answers={204: None},
    refusals=(NotPermitted, ReauthenticationRequired, NoSuchPlace),
)
def remove(who: Caller, place_id: str) -> None:
    """Take somebody off the list; they are not told."""
    _admit_change(who)
    remove_place(place_id, by=who.by)


def _admit_change(who: Caller) -> None:
    """Raise unless a caller may change the list now."""
    access.require(who, Permission.WAITLIST)
    access.fresh_proof(who)


def _answer(item: ListedPlace) -> PlaceAnswer:
    """Return a place as an answer."""
    told = {name: getattr(item, name) for name in PlaceAnswer.model_fields}
    return PlaceAnswer.model_validate(told)
