"""What policies want of the sign-in with which a user comes to a client."""

from dataclasses import dataclass
from datetime import datetime

from idp.accounts.policies.effective import at_client, demanded, places_of
from idp.accounts.policies.keys import (
    SESSION_LIFETIME,
    SIGN_IN_METHODS,
)
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import NOTHING_SPECIAL, StagePolicy
from idp.accounts.sign_in.ways.allowed import used


@dataclass(frozen=True)
class SignInDemands:
    """How long ago it may be at most, by which ways, and what more it takes.

    None asks for nothing.
    """

    max_age: int | None = None
    methods: tuple[str, ...] | None = None
    stages: StagePolicy = NOTHING_SPECIAL

    def refuse(self, session: LiveSession, *, now: datetime) -> bool:
        """Tell whether a user has to sign in again."""
        limit = self.max_age
        too_old = limit is not None and session.older_than(limit, now=now)
        return too_old or self.refuse_methods(session)

    def refuse_methods(self, session: LiveSession) -> bool:
        """Tell whether a user signed in by no way that is allowed."""
        return self.methods is not None and used(session.proven).isdisjoint(
            self.methods
        )


NO_DEMANDS = SignInDemands()


def demands_on(session: LiveSession, *, client_id: str) -> SignInDemands:
    """Return what holds for a user at a client: the strictest of all that apply."""
    places = at_client(places_of(session.user_id, session.roles), client_id)
    return SignInDemands(
        max_age=demanded(SESSION_LIFETIME, places),
        methods=demanded(SIGN_IN_METHODS, places),
        stages=policy_for(session, places),
    )
