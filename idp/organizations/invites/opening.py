"""What the link of an invite is about, and what it can open."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import select

from idp.accounts.addresses.availability import is_taken
from idp.accounts.models import UserEmail
from idp.accounts.policies.keys import LINK
from idp.accounts.policies.ways import may_use
from idp.accounts.registration.admission import Admission, Opener
from idp.accounts.registration.waitlist.letting_in import WELCOME
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.organizations.invites.rows import InviteState, find_by_token, is_in, state_of
from idp.organizations.invites.senders import sender_may
from idp.organizations.models import Invite, Organization

PATH = "/invite"


@dataclass(frozen=True)
class ShownInvite:
    """An invite as its link shows it; names are as their owners gave them, or None."""

    row: Invite
    state: InviteState
    organization: str | None
    person: str | None
    logo_uri: str | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether it can be answered."""
        return self.state is InviteState.OPEN


def find_shown(token: str) -> ShownInvite | None:
    """Say what a link is about, also one that is over; None when it is unknown.

    One that was withdrawn or sent anew by another link tells nothing any more.
    """
    row = find_by_token(token)
    return None if row is None else _shown(row)


def find_open(token: str) -> Invite | None:
    """Return the invite of a link if it can be answered."""
    row = find_by_token(token)
    return row if row is not None and _state_here(row) is InviteState.OPEN else None


def find_open_by_path(path: str) -> Invite | None:
    """Return the open invite whose page a path of ours is, None for another path."""
    parts = urlsplit(path)
    if parts.path != PATH:
        return None
    tokens = parse_qs(parts.query).get("token")
    return find_open(tokens[0]) if tokens else None


def list_waiting(user_id: str) -> list[ShownInvite]:
    """Return the open invites into organizations, for proven addresses of a user."""
    found = (
        select(Invite)
        .join(UserEmail, UserEmail.email_key == Invite.email_key)
        .where(UserEmail.user_id == user_id, UserEmail.verified_at.is_not(None))
        .where(Invite.organization_id.is_not(None))
        .where(is_in(InviteState.OPEN, now=utcnow()))
        .order_by(Invite.id)
    )
    waiting = map(_shown, db.session.scalars(found))
    return [each for each in waiting if each.is_open]


def organization_of(invite: Invite) -> Organization | None:
    """Return where an invite leads, None for one to the server alone."""
    place = invite.organization_id
    return db.session.get(Organization, place) if place else None


def onward_of(client_id: str | None) -> str:
    """Return the page of ours that leads to an app, empty for none."""
    return f"{WELCOME}?{urlencode({'client_id': client_id})}" if client_id else ""


def admission_of(invite: Invite, *, client_id: str | None = None) -> Admission:
    """Return what an open invite lets its address do at sign-up, at whichever door."""
    return Admission(
        by=Opener.INVITE,
        address=invite.email,
        client_id=client_id,
        organization_id=invite.organization_id,
    )


def makes_account(invite: Invite) -> bool:
    """Tell whether a link makes the account and signs in once: it was mailed there.

    Whoever has another link, or an account, signs in or up by themselves. So does who
    may not sign in by a link: a provider may be the only way in of the address.
    """
    if not invite.mailed or is_taken(invite.email):
        return False
    return may_use(LINK, user_id="", roles=(), email=invite.email)


def is_for(user_id: str, invite: Invite) -> bool:
    """Tell whether the invited address is a proven one of a user."""
    proven = select(UserEmail.id).where(
        UserEmail.user_id == user_id,
        UserEmail.email_key == invite.email_key,
        UserEmail.verified_at.is_not(None),
    )
    return db.session.scalar(proven) is not None


def _shown(row: Invite) -> ShownInvite:
    """Return an invite with the names of who invites, and where to."""
    organization = organization_of(row)
    person = find_user(row.invited_by) if row.invited_by else None
    return ShownInvite(
        row,
        _state_here(row),
        organization=(organization.name or None) if organization else None,
        person=person.name if person else None,
        logo_uri=organization.logo_uri if organization else None,
    )


def _state_here(row: Invite) -> InviteState:
    """Return the state of an invite; into what is out of use nobody can come.

    Nor by whom it is not to give any more.
    """
    state, organization = state_of(row, now=utcnow()), organization_of(row)
    if state is not InviteState.OPEN:
        return state
    gone = organization is not None and not organization.in_use
    holds = not gone and sender_may(row, organization)
    return state if holds else InviteState.WITHDRAWN
