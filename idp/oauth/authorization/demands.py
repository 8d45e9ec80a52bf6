"""What policies want of the sign-in with which a user comes to a client."""

from idp.accounts.policies.effective import at_client, in_organization, places_of
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.ways.demands import SignInDemands, demands_in


def demands_on(
    session: LiveSession, *, client_id: str, organization_id: str | None = None
) -> SignInDemands:
    """Return what holds for a user at a client, in the context that they come in."""
    there = at_client(places_of(session.roles), client_id)
    return demands_in(session, in_organization(there, organization_id))
