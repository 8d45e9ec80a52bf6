"""Members who have not proven the address that their organization asks for."""

from sqlalchemy import select

from idp.accounts.email.verification import send_if_none_pending
from idp.accounts.events import UnverifiedSignIn
from idp.accounts.policies.effective import decided_for
from idp.accounts.policies.keys import OF_ORGANIZATION, REQUIRE_VERIFIED_EMAIL
from idp.core.db import db
from idp.core.events import EventBus
from idp.organizations.models import Membership


def subscribe(bus: EventBus) -> None:
    """Follow sign-ins with an address that is not proven."""
    bus.subscribe(UnverifiedSignIn, _prove_address_for_own)


def _prove_address_for_own(event: UnverifiedSignIn) -> None:
    """Mail the proof to a member of an organization that wants one in its context.

    What owners decide has nobody else mailed. One SELECT where any decided so.
    """
    wanting = {
        organization_id
        for scope in OF_ORGANIZATION
        for organization_id, wants in decided_for(REQUIRE_VERIFIED_EMAIL, scope).items()
        if wants
    }
    if not wanting:
        return
    own = select(Membership.organization_id).where(Membership.user_id == event.user_id)
    if not wanting.isdisjoint(db.session.scalars(own)):
        send_if_none_pending(event.user_id, requester=event.requester)
