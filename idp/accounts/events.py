"""What this slice tells higher ones, in the same transaction (idp.core.events)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UserCreated:
    """There is a new account."""

    user_id: str
    username: str | None
    name: str | None


@dataclass(frozen=True)
class SessionEnded:
    """One browser signed out, or its session was taken over by another person."""

    session_id: str
    user_id: str


@dataclass(frozen=True)
class SessionsEnded:
    """All of a user's sessions ended, save one that may be spared.

    ``session_ids`` are those that ended just now; others had ended before.
    """

    user_id: str
    except_session_id: str | None
    session_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PasswordChanged:
    """A user has a new password: whatever the old one opened must close.

    ``session_id`` is where they changed it, which goes on.
    """

    user_id: str
    session_id: str | None = None


@dataclass(frozen=True)
class UserDeactivated:
    """A user may not sign in any more."""

    user_id: str
