"""What happens to grants when something happens to an account."""

from idp.accounts.events import (
    PasswordChanged,
    SessionEnded,
    SessionsEnded,
    UserDeactivated,
)
from idp.core.events import EventBus
from idp.oauth.tokens.revoke import (
    revoke_of_session,
    revoke_of_sessions,
    revoke_of_user,
)


def subscribe(bus: EventBus) -> None:
    """Follow the events of the accounts slice."""
    bus.subscribe(SessionEnded, end_with_session)
    bus.subscribe(SessionsEnded, end_with_sessions)
    bus.subscribe(PasswordChanged, end_all)
    bus.subscribe(UserDeactivated, end_all)


def end_with_session(event: SessionEnded) -> None:
    """End what lives with one browser session (OIDC Core §11)."""
    revoke_of_session(event.session_id)


def end_with_sessions(event: SessionsEnded) -> None:
    """End what lives with a user's sessions, save those of the one that stays."""
    revoke_of_sessions(event.user_id, except_session_id=event.except_session_id)


def end_all(event: PasswordChanged | UserDeactivated) -> None:
    """End everything, also what outlives sessions: whoever holds it may be a thief."""
    revoke_of_user(event.user_id)
