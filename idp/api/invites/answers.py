"""What JSON says of invites, and what makes them."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.principal import Caller
from idp.api.fields import Address
from idp.core.clock import utcnow
from idp.organizations.invites.issuing import (
    MOST_AT_ONCE,
    InvitedBy,
    MadeInvite,
    WantedInvite,
)
from idp.organizations.invites.listing import InviteFilters
from idp.organizations.invites.rows import InviteState, state_of
from idp.organizations.models import Invite
from idp.web.callers.requester import this_requester
from idp.web.http.preconditions import Parts, etag_of
from idp.web.json.models import Answer, Body, left_out
from idp.web.json.paging import PageQuery
from idp.web.json.routes import reply

SEND = Field(
    True,
    description="Mail the link. Without, it is in the answer, to hand over: then it "
    "proves nothing of the address, and leads to sign-up or sign-in",
)


class InvitesQuery(PageQuery):
    """Which invites to list."""

    query: str = Field("", max_length=254, description="How an address begins")
    state: InviteState | None = None


class Sending(Body):
    """Whether a link goes by mail."""

    send: bool = SEND


class InviteAnswer(Answer):
    """An invite; `invited_by` is null for a program's and the operator's.

    `mailed`: its link went to the address, and makes the account of who has none.
    """

    __qualname__ = "Invite"  # as the API document calls it

    id: str
    organization_id: str | None
    email: str
    roles: list[str]
    client_id: str | None
    state: InviteState
    mailed: bool
    invited_by: str | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None
    declined_at: datetime | None
    withdrawn_at: datetime | None


class MadeInviteAnswer(InviteAnswer):
    """An invite with its link, where that was not mailed; it is told this once."""

    __qualname__ = "MadeInvite"  # as the API document calls it

    url: str | None = left_out("Left out when it was mailed")


class MadeInvitesAnswer(Answer):
    """Several new invites."""

    __qualname__ = "MadeInvites"  # as the API document calls it

    items: list[MadeInviteAnswer]


MADE = MadeInviteAnswer | MadeInvitesAnswer
ADDRESSES = Field(min_length=1, max_length=MOST_AT_ONCE)


class _Leading(Sending):
    """What each new invite can say."""

    client_id: str | None = Field(
        None, max_length=255, description="The app that they are led to once they join"
    )


class NewInvite(_Leading):
    """Whom to invite."""

    email: Address


class NewInvites(_Leading):
    """Whom to invite, all of them or none."""

    emails: list[Address] = ADDRESSES


def wanted_by(
    body: NewInvite | NewInvites, roles: Iterable[str] = ()
) -> list[WantedInvite]:
    """Return whom a body names, by the names of its fields."""
    given, leads_to = tuple(roles), body.client_id or None
    if isinstance(body, NewInvite):
        return [WantedInvite(body.email, given, client_id=leads_to)]
    return [
        WantedInvite(email, given, field=f"emails.{number}", client_id=leads_to)
        for number, email in enumerate(body.emails)
    ]


def invited_by(who: Caller) -> InvitedBy:
    """Return who invites."""
    return InvitedBy(who.user_id, language=this_requester().language)


def filters_of(query: InvitesQuery) -> InviteFilters:
    """Return what a list is narrowed to."""
    return InviteFilters(query.query, query.state)


def invite_answer(row: Invite) -> InviteAnswer:
    """Return an invite as an answer."""
    return InviteAnswer.model_validate(_told_of(row))


def invite_reply(row: Invite) -> Response:
    """Answer one invite, with its ETag."""
    return reply(invite_answer(row), headers={"ETag": etag_of(parts_of(row))})


def made_answer(made: list[MadeInvite], *, several: bool) -> MADE:
    """Return what was made, in the shape of what was asked."""
    answers = [_made(each) for each in made]
    return MadeInvitesAnswer(items=answers) if several else answers[0]


def renewed_reply(made: MadeInvite) -> Response:
    """Answer an invite that has a new link, with its ETag."""
    return reply(_made(made), headers={"ETag": etag_of(parts_of(made.row))})


def parts_of(row: Invite) -> Parts:
    """Return what tells one state of an invite from another."""
    told = invite_answer(row).model_dump(mode="json")
    return {name: told[name] for name in ("state", "mailed", "expires_at")}


def _made(made: MadeInvite) -> MadeInviteAnswer:
    """Return a new invite as an answer."""
    return MadeInviteAnswer.model_validate({**_told_of(made.row), "url": made.url})


def _told_of(row: Invite) -> dict[str, object]:
    """Return what an answer says of an invite."""
    told = {name: getattr(row, name, None) for name in InviteAnswer.model_fields}
    return told | {"roles": row.roles.split(), "state": state_of(row, now=utcnow())}
