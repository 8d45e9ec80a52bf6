"""One page that lists invites and makes them: where it stands says what it is about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext, lazy_gettext

from idp.accounts.errors import InvalidInput
from idp.core.clock import utcnow
from idp.core.errors import RateLimited
from idp.core.paging import Page
from idp.organizations.errors import InvalidOrganization
from idp.organizations.invites.errors import InviteAnswered, NoSuchInvite
from idp.organizations.invites.issuing import MadeInvite, WantedInvite
from idp.organizations.invites.listing import InviteFilters
from idp.organizations.invites.rows import InviteState, state_of
from idp.organizations.models import Invite
from idp.web.invites.form import InviteForm
from idp.web.json.paging import PageQuery
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import title_of

PAGE_SIZE = 25
LONGEST_CURSOR, LONGEST_SEARCH = 1000, 254
MOST_APPS = 100  # to choose from; a program can name any
STATE_WORDS = {
    InviteState.OPEN: lazy_gettext("Not answered yet"),
    InviteState.EXPIRED: lazy_gettext("Expired"),
    InviteState.ACCEPTED: lazy_gettext("Accepted"),
    InviteState.DECLINED: lazy_gettext("Declined"),
    InviteState.WITHDRAWN: lazy_gettext("Withdrawn"),
}
TOLD = {
    "sent": lazy_gettext("The invites are on their way."),
    "resent": lazy_gettext("A new link is on its way; the one of before is void."),
    "withdrawn": lazy_gettext("The invite is withdrawn: its link opens nothing."),
}


@dataclass(frozen=True)
class Desk:
    """Where invites are listed and made, and by which rules.

    ``roles`` can be given to who is invited; none where there is no organization.
    ``apps`` are those that they can be led to: names by ids.
    """

    here: str
    render: Callable[..., Response]
    page: Callable[[InviteFilters, PageQuery], Page[Invite]]
    find: Callable[[str], Invite]
    invite: Callable[[Sequence[WantedInvite], bool], list[MadeInvite]]
    resend: Callable[[Invite, bool], MadeInvite]
    withdraw: Callable[[Invite], None]
    roles: tuple[str, ...] = ()
    apps: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class _Line:
    """One invite as the list shows it."""

    id: str
    email: str
    roles: list[str]
    state: InviteState
    word: str
    mailed: bool
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Invite) -> "_Line":
        """Return the line of a row."""
        state = state_of(row, now=utcnow())
        return cls(
            row.id,
            row.email,
            row.roles.split(),
            state,
            str(STATE_WORDS[state]),
            row.mailed,
            row.created_at,
            row.expires_at,
        )


def desk_page(
    desk: Desk,
    *,
    form: InviteForm | None = None,
    made: Sequence[MadeInvite] = (),
    words: str = "",
) -> Response:
    """Render the list and the form; ``made`` have links that are shown this once."""
    text, state = _typed("q"), _typed("state")
    known = InviteState(state) if state in set(InviteState) else None
    query = PageQuery(limit=PAGE_SIZE, cursor=_typed("cursor") or None)
    found = desk.page(InviteFilters(text, known), query)
    filters = {name: value for name, value in (("q", text), ("state", known)) if value}
    return desk.render(
        "invites/desk.html",
        invites=[_Line.of(row) for row in found.items],
        invites_here=desk.here,
        form=form or InviteForm(formdata=None),
        roles=desk.roles,
        apps=desk.apps(),
        links=[(each.row.email, each.url) for each in made if each.url],
        words=words,
        told=TOLD.get(request.args.get("done", "")),
        text=text,
        state=known or "",
        states=[(each.value, word) for each, word in STATE_WORDS.items()],
        **_urls(desk.here, found, filters=filters, asked=query),
    )


def act_on_desk(desk: Desk) -> Response:
    """Invite, send again or withdraw, as a button of the page says."""
    act = request.form.get("act", "")
    if act == "invite":
        return _invite(desk)
    if act not in ("resend", "link", "withdraw"):
        return desk_page(desk)
    try:
        return _act_on_one(desk, act)
    except (InviteAnswered, NoSuchInvite, InvalidOrganization) as refusal:
        undo()
        return desk_page(desk, words=title_of(refusal))
    except RateLimited as refusal:
        return desk_page(desk, words=_wait(refusal))


def _invite(desk: Desk) -> Response:
    """Make what the form asks for, or say what is wrong with it."""
    form = InviteForm()
    wanted = form.wanted(with_roles=bool(desk.roles)) if form.validate() else []
    if not wanted:
        return desk_page(desk, form=form)
    try:
        made = desk.invite(wanted, form.sends)
    except (InvalidInput, InvalidOrganization) as refusal:
        undo()
        form.show(refusal.errors)
        return desk_page(desk, form=form)
    except RateLimited as refusal:
        return desk_page(desk, form=form, words=_wait(refusal))
    if form.sends:
        return redirect_to(f"{desk.here}?done=sent")
    return desk_page(desk, made=made)


def _act_on_one(desk: Desk, act: str) -> Response:
    """Do something about one invite."""
    row = desk.find(request.form.get("one", ""))
    if act == "withdraw":
        desk.withdraw(row)
        return redirect_to(f"{desk.here}?done=withdrawn")
    made = desk.resend(row, act == "resend")
    if made.url:
        return desk_page(desk, made=[made])
    return redirect_to(f"{desk.here}?done=resent")


def _wait(refusal: RateLimited) -> str:
    """Say that there were too many, and for how long."""
    hours = max(1, round(refusal.retry_after_seconds / 3600))
    words: str = gettext(
        "Those were too many invites. Try again in %(hours)s h.", hours=hours
    )
    return words


def _typed(name: str) -> str:
    """Return what the address says; PostgreSQL takes no NUL."""
    longest = LONGEST_CURSOR if name == "cursor" else LONGEST_SEARCH
    return request.args.get(name, "").replace("\0", "\ufffd").strip()[:longest]


def _urls(
    here: str, found: Page[Any], *, filters: dict[str, str], asked: PageQuery
) -> dict[str, str | None]:
    """Return where the list goes on and back, and its beginning if this is not it."""

    def at(**more: str) -> str:
        values = filters | more
        return f"{here}?{urlencode(values)}" if values else here

    following, before = found.next_cursor, found.previous_cursor
    begun = before or (asked.cursor and not found.items)
    return {
        "next_url": at(cursor=following) if following else None,
        "previous_url": at(cursor=before) if before else None,
        "first_url": at() if begun else None,
    }
