"""A page of a long list is read by the index of the list, whichever way it goes."""

import re

import pytest
from sqlalchemy import select

from idp.accounts.models import User
from idp.accounts.sessions.everybody import NEWEST as NEWEST_SESSIONS
from idp.accounts.sessions.everybody import live_sessions
from idp.accounts.user_search import BY_ADDRESS
from idp.administration.audit_search import NEWEST as NEWEST_EVENTS
from idp.administration.audit_search import AuditFilters, rows_like
from idp.core.clock import utcnow
from idp.core.paging import Place
from idp.core.paging.seeking import seek
from tests.plans import plan_of

# Of few rows the planner may as well read the shorter one.
BY_ADDRESS_ALONE = "ix_users_list|uq_users_email_key"
MOMENT = utcnow().isoformat()
LISTS = [
    (live_sessions(), NEWEST_SESSIONS, (MOMENT, "a"), "ix_browser_sessions_newest"),
    (
        rows_like(AuditFilters()),
        NEWEST_EVENTS,
        (MOMENT, "a"),
        "ix_audit_events_occurred_at",
    ),
    (
        rows_like(AuditFilters(event="register")),
        NEWEST_EVENTS,
        (MOMENT, "a"),
        "ix_audit_events_event_occurred_at",
    ),
    (select(User.id), BY_ADDRESS, ("ada@example.com",), BY_ADDRESS_ALONE),
]


class InTheMiddle:
    """The request of a page after or before a position."""

    limit = 50

    def __init__(self, place: Place) -> None:
        self._place = place

    def place(self, _of: str) -> Place:
        return self._place


@pytest.mark.parametrize("back", [False, True], ids=["on", "back"])
@pytest.mark.parametrize(("found", "order", "position", "index"), LISTS)
def test_the_index_of_a_list_leads_on_and_back(
    app, *, found, order, position, index, back
):
    request = InTheMiddle(Place(position, back=back))
    with app.app_context():
        read = seek(found, order, request=request, of="list")
        plan = plan_of(read, in_order=True)
    assert re.search(index, plan)
    assert "B-TREE FOR ORDER BY" not in plan
