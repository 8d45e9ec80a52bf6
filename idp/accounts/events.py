"""What rules of accounts tell those above them, in the same transaction (core.events).

``accounts.reactions`` says who of this package answers; other packages subscribe too.
"""

from dataclasses import dataclass

from idp.accounts.models import User
from idp.security.requester import Requester


@dataclass(frozen=True)
class UserCreated:
    """There is a new account."""

    user_id: str
    username: str | None
    name: str | None


@dataclass(frozen=True)
class SignInFinished:
    """A sign-in that ``waited`` under this digest for a second factor is a session."""

    waited: str
    session_id: str


@dataclass(frozen=True)
class SessionBegan:
    """A user has signed in; it is published at every sign-in, and must cost nothing.

    ``method`` is the first by which they did, as ``sessions.proofs`` names it.
    """

    user_id: str
    email: str
    email_verified: bool
    method: str


@dataclass(frozen=True)
class AddressProven:
    """A user has proven an address of theirs, the primary or a further one."""

    user_id: str
    address: str


@dataclass(frozen=True)
class SessionEnded:
    """One browser signed out, or its session was taken over by another user."""

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
class SessionsRanOut:
    """Sessions, of any users, ended: they idled, were too old, or one too many."""

    session_ids: tuple[str, ...]


@dataclass(frozen=True)
class PasswordChanged:
    """A user has a new password: whatever the old one opened must close.

    ``session_id`` is where they changed it, which goes on.
    """

    user_id: str
    session_id: str | None = None


@dataclass(frozen=True)
class AccessWithdrawn:
    """An owner took an account back: whatever is open of it must close.

    ``session_id`` is where they did, if it goes on.
    """

    user_id: str
    session_id: str | None = None


@dataclass(frozen=True)
class UnprovenOwnerRemoved:
    """The owner of an address has an account that another may have made with it.

    Nothing that was decided there before is theirs.
    """

    user_id: str


@dataclass(frozen=True)
class UserDeactivated:
    """A user may not sign in any more."""

    user_id: str


@dataclass(frozen=True)
class UserDisabled:
    """``by`` wants an account out of use; it may have been before."""

    user_id: str
    by: str


@dataclass(frozen=True)
class DeletionScheduled:
    """An account will be erased; what is raised keeps it as it was."""

    user_id: str


@dataclass(frozen=True)
class AddressUnproven:
    """A new account has an unproven address; ``return_to`` is where its user was."""

    user: User
    return_to: str
    requester: Requester


@dataclass(frozen=True)
class PasswordUnset:
    """An account has no password yet, or no more, and its user is to set one."""

    user: User
    requester: Requester


@dataclass(frozen=True)
class UnverifiedSignIn:
    """A user has signed in who has not proven the address."""

    user_id: str
    requester: Requester


@dataclass(frozen=True)
class AddressClaimed:
    """A sign-up was refused, in secret, because its address is ``owner``'s."""

    owner: User
    requester: Requester
