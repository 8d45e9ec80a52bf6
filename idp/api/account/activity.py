"""GET /account/activity: what happened to the account."""

from datetime import datetime

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.activity import Activity, list_activity
from idp.oauth.protocol.scopes import ACCOUNT_READ
from idp.web.activity import words_for
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.words import browser_name

api = JsonBlueprint("activity_api", __name__, tag="Profile")


class Event(Answer):
    """A security event: a stable name, words for people, when and from where."""

    id: str
    event: str
    words: str
    outcome: str
    occurred_at: datetime
    device: str | None
    place: str | None
    client_id: str | None


@api.operation(
    "GET",
    "/account/activity",
    id="activity_api_show",
    query=PageQuery,
    answers={200: PageAnswer[Event]},
    scope=ACCOUNT_READ,
)
def show(who: Principal, query: PageQuery) -> Response:
    """List the security events of the last ninety days, the newest first."""
    page = list_activity(who.user_id, query)
    events = [_event(activity) for activity in page.items]
    answer = PageAnswer[Event](items=events, next_cursor=page.next_cursor)
    return reply(answer, headers=next_link(page))


def _event(activity: Activity) -> Event:
    """Return an event as an answer."""
    return Event(
        id=activity.id,
        event=activity.event,
        words=words_for(activity),
        outcome=activity.outcome,
        occurred_at=activity.occurred_at,
        device=browser_name(activity.browser),
        place=activity.network,
        client_id=activity.client_id,
    )
