"""What policies want of the sign-in with which a user goes on somewhere.

At a client, or in the context of an organization: there a session that was good enough
for this server itself may have to be renewed, or to be of more.
"""

from dataclasses import dataclass
from datetime import datetime

from idp.accounts.policies.effective import Places, demanded
from idp.accounts.policies.keys import (
    ALLOWED_PROVIDERS,
    OF_ORGANIZATION,
    SESSION_IDLE,
    SESSION_LIFETIME,
    SIGN_IN_METHODS,
)
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sign_in.stage_policies import policy_for
from idp.accounts.sign_in.stages import NOTHING_SPECIAL, StagePolicy
from idp.accounts.sign_in.ways.allowed import WAYS, used


@dataclass(frozen=True)
class SignInDemands:
    """How long ago it may be at most, by which ways, and what more it takes.

    ``max_rest`` is for how long the session may have lain unused since, ``providers``
    are those whose word counts. None asks for nothing.
    """

    max_age: int | None = None
    max_rest: int | None = None
    methods: tuple[str, ...] | None = None
    providers: tuple[str, ...] | None = None
    stages: StagePolicy = NOTHING_SPECIAL

    def refuse(self, session: LiveSession, *, now: datetime) -> bool:
        """Tell whether a user has to sign in again."""
        age, rest = self.max_age, self.max_rest
        too_old = age is not None and session.older_than(age, now=now)
        rested = rest is not None and session.rested_longer_than(rest, now=now)
        return too_old or rested or self.refuse_methods(session)

    def refuse_methods(self, session: LiveSession) -> bool:
        """Tell whether a user signed in by no way that is allowed."""
        if self.methods is None and self.providers is None:
            return False
        counting = tuple(filter(self._counts, session.proven))
        allowed = WAYS.values() if self.methods is None else self.methods
        return used(counting).isdisjoint(allowed)

    def _counts(self, proof: Proof) -> bool:
        """Tell whether a proof is no provider's whose word does not count."""
        if self.providers is None or proof.method is not Method.PROVIDER:
            return True
        return proof.provider in self.providers


NO_DEMANDS = SignInDemands()


def demands_in(session: LiveSession, places: Places) -> SignInDemands:
    """Return what holds for a user in some places: the strictest of all that apply.

    What a session may rest is bounded from its beginning, but in the context of an
    organization, which it enters later.
    """
    there = frozenset(each for each in places if each[0] in OF_ORGANIZATION)
    return SignInDemands(
        max_age=demanded(SESSION_LIFETIME, places),
        max_rest=demanded(SESSION_IDLE, there),
        methods=demanded(SIGN_IN_METHODS, places),
        providers=demanded(ALLOWED_PROVIDERS, there),
        stages=policy_for(session, places),
    )
