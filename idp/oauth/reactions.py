"""What happens to grants, and to apps, when something happens to an account."""

from idp.accounts.events import (
    AccessWithdrawn,
    PasswordChanged,
    SessionEnded,
    SessionsEnded,
    SessionsRanOut,
    UnprovenOwnerRemoved,
    UserDeactivated,
)
from idp.accounts.sessions.context import leave_organization
from idp.accounts.sessions.find import find_unended
from idp.core.caches.versions import Caches
from idp.core.context import current
from idp.core.events import EventBus
from idp.oauth.apis.registry import ApisChanged
from idp.oauth.authorization.consents import forget_all
from idp.oauth.clients.cache import APIS
from idp.oauth.closing import end_some_in
from idp.oauth.logout.notices import queue_notices, queue_notices_of_grants
from idp.oauth.personal_tokens.registry import revoke_tokens
from idp.oauth.tokens.grant_revocation import (
    in_context,
    revoke_of_sessions,
    revoke_of_user,
    revoke_where,
    revoke_with_sessions,
)
from idp.organizations.events import MembershipEnded, OrganizationClosed


def subscribe(bus: EventBus) -> None:
    """Follow the events of accounts, and those of rooms below."""
    bus.subscribe(SessionEnded, _end_with_session)
    bus.subscribe(SessionsEnded, _end_with_sessions)
    bus.subscribe(SessionsRanOut, _end_with_run_out)
    bus.subscribe(PasswordChanged, _end_all)
    bus.subscribe(AccessWithdrawn, _end_all)
    bus.subscribe(UnprovenOwnerRemoved, _forget_consents)
    bus.subscribe(UserDeactivated, _close)
    bus.subscribe(MembershipEnded, _end_in_context)
    bus.subscribe(OrganizationClosed, _end_in_closed)
    bus.subscribe(ApisChanged, _forget_clients)


def _end_with_session(event: SessionEnded) -> None:
    """End what lives with one browser session (OIDC Core §11); tell its apps."""
    revoke_with_sessions([event.session_id])
    queue_notices([event.session_id])


def _end_with_sessions(event: SessionsEnded) -> None:
    """End what lives with a user's sessions, save those of the one that stays."""
    revoke_of_sessions(event.user_id, except_session_id=event.except_session_id)
    queue_notices(event.session_ids)


def _end_with_run_out(event: SessionsRanOut) -> None:
    """End what lives with sessions that ran out; tell their apps."""
    revoke_with_sessions(event.session_ids)
    queue_notices(event.session_ids)


def _end_all(event: PasswordChanged | AccessWithdrawn) -> None:
    """End everything, also what outlives sessions: a thief may hold it.

    Apps are told of the sessions that end with it (SessionsEnded): the one in which the
    password was changed goes on, and so does the user in its apps. A program that
    changed it keeps its access token for the minutes that are left of it. Tokens that a
    user made for scripts stay when they change it where they are signed in.
    """
    revoke_of_user(event.user_id, but_access_of=event.session_id)
    if isinstance(event, AccessWithdrawn) or event.session_id is None:
        revoke_tokens(event.user_id)


def _forget_consents(event: UnprovenOwnerRemoved) -> None:
    """Ask the owner for each client anew: another may have given the consents."""
    forget_all(event.user_id)
    revoke_tokens(event.user_id)


def _close(event: UserDeactivated) -> None:
    """End everything, and tell the apps of sessions that have not ended yet."""
    revoke_of_user(event.user_id)
    revoke_tokens(event.user_id)
    queue_notices(find_unended(event.user_id))


def _end_in_context(event: MembershipEnded) -> None:
    """End what a user was given in an organization's context; tell apps that have it.

    Sessions go on without that context.
    """
    leave_organization(event.organization_id, user_id=event.user_id)
    which = in_context(event.organization_id, user_id=event.user_id)
    queue_notices_of_grants(which)
    revoke_where(which)


def _end_in_closed(event: OrganizationClosed) -> None:
    """End the same of all members, if they are few; a job ends what is left."""
    end_some_in(event.organization_id)


def _forget_clients(_event: ApisChanged) -> None:
    """Read clients anew, because their views carry their APIs."""
    current(Caches).bump(APIS)
