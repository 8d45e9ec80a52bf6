"""Who calls the account API, and who the administration."""

from dataclasses import dataclass
from datetime import datetime

from idp.accounts.access.permissions import Authority


@dataclass(frozen=True)
class Principal:
    """A user, and by what this request speaks for them.

    With a bearer token ``client_id`` and ``grant_id`` are set and ``scope`` is the
    token's; with the cookie they are None and empty, and there is no limit of scope.
    ``session_id`` is the browser session behind either, when there is one,
    ``organization_id`` in whose context they act. A user who ``must_change_password``
    can do nothing else.
    """

    user_id: str
    session_id: str | None
    auth_time: datetime | None
    client_id: str | None = None
    grant_id: str | None = None
    scope: frozenset[str] = frozenset()
    must_change_password: bool = False
    organization_id: str | None = None

    @property
    def by(self) -> str:
        """Who did something, as the audit rows of others say."""
        return self.user_id

    @property
    def by_cookie(self) -> bool:
        """Tell whether the browser's session speaks, so that CSRF matters."""
        return self.client_id is None


@dataclass(frozen=True)
class Machine:
    """A program that administers: by an API key, or a client's token for itself.

    It is no user, so nothing is its own here; it needs no CSRF token and no fresh
    sign-in. ``actor`` names it in the audit log.
    """

    actor: str
    authority: Authority
    user_id: None = None
    session_id: None = None
    by_cookie: bool = False

    @property
    def by(self) -> str:
        """Who did something, as the audit rows of others say."""
        return self.actor


Caller = Principal | Machine
