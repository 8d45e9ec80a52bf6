"""Who is asked to become a member of an organization, and by which links."""

from collections.abc import Sequence

from flask import Response

from idp.core.paging import Page
from idp.oauth.clients.access.named import name_clients
from idp.organizations.access import acts_by_role
from idp.organizations.invites.into import invite_into, resend_into, withdraw_from
from idp.organizations.invites.issuing import InvitedBy, MadeInvite, WantedInvite
from idp.organizations.invites.listing import InviteFilters, get_invite, list_invites
from idp.organizations.models import Invite, Organization
from idp.organizations.rights import Right
from idp.organizations.roles import BUILT_IN, OWNER
from idp.web.callers.requester import this_requester
from idp.web.invites.desk import MOST_APPS, Desk, act_on_desk, desk_page
from idp.web.json.paging import PageQuery
from idp.web.organizations.frame import Face

INVITES = "invites"


def invites_page(face: Face, organization_id: str) -> Response:
    """Render the invites, and the form that makes more."""
    return desk_page(_desk(face, face.open(organization_id, Right.INVITES)))


def act_on_invites_page(face: Face, organization_id: str) -> Response:
    """Invite, send again or withdraw."""
    return act_on_desk(_desk(face, face.open(organization_id, Right.INVITES)))


def _desk(face: Face, organization: Organization) -> Desk:
    """Return where the invites of an organization are made."""
    place, actor = organization.id, face.actor()
    by = InvitedBy(actor.user_id, language=this_requester().language)
    owns = Right.OWNERS in face.rights(organization)

    def render(_template: str, **context: object) -> Response:
        kept = face.open(place, Right.INVITES)
        return face.show("organizations/invites.html", kept, may_change=True, **context)

    def page(filters: InviteFilters, query: PageQuery) -> Page[Invite]:
        return list_invites(filters, query, organization_id=place)

    def find(invite_id: str) -> Invite:
        return get_invite(invite_id, organization_id=place)

    def invite(wanted: Sequence[WantedInvite], send: bool) -> list[MadeInvite]:
        return invite_into(organization, wanted, actor=actor, by=by, send=send)

    def resend(row: Invite, send: bool) -> MadeInvite:
        return resend_into(organization, row, actor=actor, by=by, send=send)

    def withdraw(row: Invite) -> None:
        withdraw_from(organization, row, actor=actor, by=by)

    def apps() -> dict[str, str]:
        """Return those that who invites may use; operators see all."""
        by_role = acts_by_role(actor, organization, right=Right.INVITES)
        return name_clients(actor.user_id if by_role else None, most=MOST_APPS)

    given = tuple(role for role in BUILT_IN if owns or role != OWNER)
    here = face.path(organization, INVITES)
    return Desk(here, render, page, find, invite, resend, withdraw, given, apps)
