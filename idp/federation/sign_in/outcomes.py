"""What can come of a browser that comes back from a provider."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from idp.accounts.registration.admission import NOTHING, Admission
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.decision import LinkRefusal
from idp.federation.sign_in.requests import Ahead
from idp.organizations.invites.opening import admission_of, find_open_by_path
from idp.security import audit

GoalLookup = Callable[[Ahead], Admission]


def no_goal(_ahead: Ahead) -> Admission:
    """Say that no client waits."""
    return NOTHING


def admission_ahead(ahead: Ahead, goal_of: GoalLookup) -> Admission:
    """Return what lets an account be made: an invite, on the way back to one."""
    goal, invite = goal_of(ahead), find_open_by_path(ahead.return_to)
    if invite:
        return admission_of(invite, client_id=goal.client_id)
    return goal


@dataclass(frozen=True)
class Visit:
    """By which provider a browser comes, to where, and what session it asks for.

    ``registration`` is a random token that it keeps, where an account is made;
    ``goal_of`` says which client waits. ``is_news``: whether the owner is to hear
    of a program, where that was asked before the first write.
    """

    provider: Provider
    ahead: Ahead
    request: SessionRequest
    registration: str = field(default="", repr=False)
    goal_of: GoalLookup = no_goal
    is_news: bool | None = None

    @property
    def admission(self) -> Admission:
        """Return what lets an account be made: an invite, on the way back to one."""
        return admission_ahead(self.ahead, self.goal_of)

    def arrive(self, signed_in: SignedIn | FactorRequired) -> "Arrived":
        """Return what came of it where the user is known."""
        return Arrived(self.provider, self.ahead, signed_in)

    def decline(
        self, reason: str, *, away: bool = False, user_id: str | None = None
    ) -> "NobodySignedIn":
        """Record why nobody is signed in, and say so."""
        audit.record(
            "provider.refused",
            outcome="refused",
            user_id=user_id,
            provider=self.provider.id,
            reason=reason,
        )
        return NobodySignedIn(self.provider, self.ahead, reason, away)


@dataclass(frozen=True)
class Lost:
    """No browser was sent so, or it is used, or was too long ago."""


@dataclass(frozen=True)
class OtherBrowser:
    """An answer that another browser was sent for."""

    provider: Provider


@dataclass(frozen=True)
class NobodySignedIn:
    """Nobody is signed in; ``away``: the provider gave no answer, and may later."""

    provider: Provider
    ahead: Ahead
    reason: str
    away: bool = False

    @property
    def sign_up_refusal(self) -> str:
        """Return what a program is told that wanted an account made."""
        prefix, closed = "sign_up_", LinkRefusal.SIGN_UP_CLOSED
        known = self.reason if self.reason.startswith(prefix) else closed
        return known.removeprefix(prefix)


@dataclass(frozen=True)
class GoesElsewhere:
    """No sign-in at an address whose users go to ``provider``; not said why."""

    provider: Provider


class WaitsFor(Enum):
    """What an identity waits for, by the path of its page."""

    LINK = "/login/provider/link"
    SIGN_IN = "/login/provider/known"
    FIELDS = "/register/provider"


@dataclass(frozen=True)
class Waits:
    """Its user has to say more; ``token`` goes on with it in this browser."""

    provider: Provider
    ahead: Ahead
    wanted: WaitsFor
    token: str = field(repr=False)


@dataclass(frozen=True)
class Arrived:
    """The user is signed in, or shows a second factor first."""

    provider: Provider
    ahead: Ahead
    signed_in: SignedIn | FactorRequired


@dataclass(frozen=True)
class AwaitsApproval:
    """The account is there, and no operator has let it in yet."""


@dataclass(frozen=True)
class Deleting:
    """The account is to be deleted, which its user may undo."""

    user_id: str


SignedUp = Arrived | NobodySignedIn | AwaitsApproval
Entered = SignedUp | Deleting
Outcome = Entered | Lost | OtherBrowser | Waits
