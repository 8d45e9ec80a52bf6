"""What the policies of an organization want of who acts in its context.

They hold there and nowhere else: a session that has not entered it, a grant that is not
of it, and the same session at another client hear nothing of them. All of it is judged
from what the process keeps.
"""

from datetime import datetime, timedelta

from idp.accounts.policies.effective import (
    Places,
    demanded,
    in_organization,
    places_of,
)
from idp.accounts.policies.keys import (
    ALLOWED_CLIENTS,
    SESSION_IDLE,
    SESSION_LIFETIME,
)
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    methods_of,
    require_no_stage,
)
from idp.accounts.sign_in.stages import Due, next_stage
from idp.accounts.sign_in.ways.allowed import WAYS
from idp.accounts.sign_in.ways.demands import SignInDemands, demands_in
from idp.accounts.users import get_user
from idp.core.clock import utcnow


def client_allowed(client_id: str, *, organization_id: str | None) -> bool:
    """Tell whether a client may be used in an organization's context, or in none."""
    allowed = allowed_clients(organization_id)
    return allowed is None or client_id in allowed


def allowed_clients(organization_id: str | None) -> tuple[str, ...] | None:
    """Return the ids of the clients that may be used there; None for every one."""
    if organization_id is None:
        return None
    return demanded(ALLOWED_CLIENTS, _there(organization_id))


def context_of_session(live: LiveSession) -> str | None:
    """Return the organization in whose context a session acts right now.

    None where policies there want more of the sign-in by now: it acts as without one.
    """
    entered = live.organization_id
    if entered is None or _demands(live, entered).refuse(live, now=utcnow()):
        return None
    policy = _demands(live, entered).stages
    due = next_stage(live, live.proven, policy=policy)
    return None if isinstance(due, Due) else entered


def require_entry(live: LiveSession, organization_id: str) -> None:
    """Refuse a session into a context that wants more of its sign-in.

    Raises ReauthenticationRequired with what renews it, and what ``require_no_stage``
    does.
    """
    demands = _demands(live, organization_id)
    if demands.refuse(live, now=utcnow()):
        methods = methods_of(get_user(live.user_id))
        if demands.refuse_methods(live):
            ways = WAYS.values() if demands.methods is None else demands.methods
            methods = tuple(each for each in methods if WAYS.get(each) in ways)
        raise ReauthenticationRequired(methods)
    require_no_stage(live, policy=demands.stages)


def end_in_context(
    organization_id: str | None, *, auth_time: datetime
) -> datetime | None:
    """Return when what was given there ends, by the sign-in; None for no such end."""
    if organization_id is None:
        return None
    limit = demanded(SESSION_LIFETIME, _there(organization_id))
    return None if limit is None else auth_time + timedelta(seconds=limit)


def idle_seconds_in(organization_id: str | None) -> int | None:
    """Return for how long what was given there may lie unused; None for any time."""
    if organization_id is None:
        return None
    return demanded(SESSION_IDLE, _there(organization_id))


def _demands(live: LiveSession, organization_id: str) -> SignInDemands:
    """Return what policies want of a session in an organization's context."""
    return demands_in(live, in_organization(places_of(live.roles), organization_id))


def _there(organization_id: str) -> Places:
    """Return the place of an organization's own policies."""
    return in_organization(frozenset(), organization_id)
