"""/api/admin/sessions: the browsers that users are signed in with."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.models import BrowserSession
from idp.accounts.sessions.everybody import find_live, list_sessions
from idp.accounts.sessions.list import NoSuchSession
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.users import get_user
from idp.administration import user_acts
from idp.security.client_network import network_name
from idp.security.user_agent import browser_of
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply
from idp.web.words import browser_name

api = JsonBlueprint("admin_sessions_api", __name__, tag="Administration: sessions")
PATH = "/api/admin/sessions"


class SessionsQuery(PageQuery):
    """Which sessions to list."""

    user: str | None = Field(None, max_length=32, description="The id of a user")


class SessionAnswer(Answer):
    """A live session of a user; `methods` are those of the sign-in (RFC 8176).

    `device` names browser and system in words; what is not known is null.
    """

    __qualname__ = "UserSession"  # as the API document calls it

    id: str
    user_id: str
    device: str | None
    browser: str | None
    system: str | None
    place: str | None
    methods: list[str]
    first_seen_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@api.operation(
    "GET",
    PATH,
    id="admin_sessions_api_show_all",
    query=SessionsQuery,
    answers={200: PageAnswer[SessionAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: SessionsQuery) -> Response:
    """List the live sessions of all users or of one, the newest first."""
    access.require(who, Permission.SESSIONS_READ)
    page = list_sessions(query, user_id=query.user)
    answer = PageAnswer[SessionAnswer](
        items=list(map(_answer, page.items)), next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "DELETE",
    f"{PATH}/<session_id>",
    id="admin_sessions_api_end",
    answers={204: None},
    refusals=(NotPermitted, ReauthenticationRequired, NoSuchSession),
)
def end(who: Caller, session_id: str) -> None:
    """End a session with its tokens; apps are told."""
    access.require(who, Permission.SESSIONS_END)
    access.fresh_proof(who)
    user = get_user(find_live(session_id).user_id)
    access.require(who, Permission.SESSIONS_END, on=user)
    user_acts.end_session(user, session_id, who=who)


def _answer(row: BrowserSession) -> SessionAnswer:
    """Return a session as an answer."""
    browser = browser_of(row.user_agent)
    return SessionAnswer(
        id=row.id,
        user_id=row.user_id,
        device=browser_name(browser),
        browser=browser.name,
        system=browser.system,
        place=network_name(row.ip),
        methods=row.amr,
        first_seen_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
