"""Lists of invites, the newest first."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.text import is_line
from idp.organizations.invites.errors import NoSuchInvite
from idp.organizations.invites.rows import InviteState, invites, is_in
from idp.organizations.models import Invite


@dataclass(frozen=True)
class InviteFilters:
    """Which invites to list: those whose address begins so, in this state."""

    text: str = ""
    state: InviteState | None = None


def list_invites(
    filters: InviteFilters, request: PageRequest, *, organization_id: str | None
) -> Page[Invite]:
    """Return one page of the invites into an organization, or to the server alone."""
    conditions = _conditions(filters)
    place = Invite.organization_id.is_not_distinct_from(organization_id)
    of = f"invites:{organization_id or ''}:{filters.state or ''}:{filters.text}"
    newest = Order((Invite.id,), descending=True)
    found = seek(
        select(Invite).where(place, *conditions), newest, request=request, of=of
    )
    rows = db.session.scalars(found).all()
    return page_of(rows, request, of=of, position=lambda row: (row.id,))


def get_invite(invite_id: str, *, organization_id: str | None) -> Invite:
    """Return an invite of an organization, or to the server; raises NoSuchInvite."""
    row = db.session.get(Invite, invite_id) if is_line(invite_id) else None
    if row is None or row.organization_id != organization_id:
        raise NoSuchInvite
    return row


def _conditions(filters: InviteFilters) -> list[ColumnElement[bool]]:
    """Return what the rows of a list have in common."""
    found: list[ColumnElement[bool]] = []
    if filters.state:
        found.append(is_in(filters.state, now=utcnow()))
    if filters.text:
        begins = filters.text.strip().lower()
        found.append(invites.c.email_key.startswith(begins, autoescape=True))
    return found
