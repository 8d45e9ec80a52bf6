"""In the context of which of a user's organizations a request is answered.

The one that it names; else, where the client asks for one, what the user chose for this
request, or for the session before. Nothing is looked up for other requests.
"""

from dataclasses import dataclass
from typing import ClassVar

from idp.accounts.sessions.find import LiveSession
from idp.oauth.authorization.pending import PendingRequest
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.view import ClientView, OrganizationUse
from idp.oauth.protocol.prompt import Prompt
from idp.organizations.contexts.places import (
    MemberPlace,
    find_place,
    find_place_in,
    shared_places,
)
from idp.organizations.contexts.policies import client_allowed


@dataclass(frozen=True)
class NeedsOrganization:
    """The user has to choose one of ``places``, or none where they may do without."""

    places: tuple[MemberPlace, ...]
    may_go_without: bool
    silently: ClassVar[str] = "interaction_required"


@dataclass(frozen=True)
class OutsideOrganization:
    """The user is not in the organization that it takes; another account may be.

    That there is one is not said.
    """

    silently: ClassVar[str] = "access_denied"


@dataclass(frozen=True)
class ClientNotAllowed:
    """The client is none of those that may be used in the user's organization."""

    place: MemberPlace
    silently: ClassVar[str] = "access_denied"


WITHOUT = ""  # chosen: no organization
Nowhere = OutsideOrganization | ClientNotAllowed
InContext = MemberPlace | NeedsOrganization | Nowhere | None


def context_of(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    session: LiveSession,
    pending: PendingRequest | None,
) -> InContext:
    """Return the user's place in the organization, what it takes, or None for none.

    One whose policies do not allow the client is none to choose.
    """
    if asked.organization is not None:
        named = find_place(session.user_id, asked.organization)
        return _checked(named, client) if named else OutsideOrganization()
    if client.organization is OrganizationUse.NONE:
        return None
    without = client.organization is OrganizationUse.OPTIONAL
    chosen = _chosen(asked, session=session, pending=pending)
    if chosen == WITHOUT and without:
        return None
    place = find_place_in(session.user_id, chosen) if chosen else None
    if place and not place.personal and _allows(place, client):
        return place
    places = shared_places(session.user_id)
    fitting = tuple(each for each in places if _allows(each, client))
    if places and not fitting and not without:
        return ClientNotAllowed(places[0])
    return _to_be_chosen(fitting, may_go_without=without)


def entered_by(context: InContext) -> str | None:
    """Return the id of the organization that a user comes in, if it is settled."""
    return context.organization_id if isinstance(context, MemberPlace) else None


def _checked(place: MemberPlace, client: ClientView) -> InContext:
    """Return a place, if the client may be used there."""
    return place if _allows(place, client) else ClientNotAllowed(place)


def _allows(place: MemberPlace, client: ClientView) -> bool:
    """Tell whether the policies of a place allow a client."""
    return client_allowed(client.client_id, organization_id=place.organization_id)


def _chosen(
    asked: AuthorizationRequest,
    *,
    session: LiveSession,
    pending: PendingRequest | None,
) -> str | None:
    """Return what was chosen, for this request or before; None for nothing yet."""
    chosen = pending.organization_for(session.user_id) if pending else None
    if chosen is not None or Prompt.SELECT_ACCOUNT in asked.prompts:
        return chosen
    return session.organization_id


def _to_be_chosen(
    places: tuple[MemberPlace, ...], *, may_go_without: bool
) -> InContext:
    """Return what follows from where a user belongs; one alone needs no choice."""
    if not places:
        return None if may_go_without else OutsideOrganization()
    if len(places) == 1 and not may_go_without:
        return places[0]
    return NeedsOrganization(places, may_go_without)
