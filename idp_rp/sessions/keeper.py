"""What a way of keeping sessions must be able to do."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from idp_rp.cookies import CookieChanges
from idp_rp.sessions.session import Session

NOTHING: Final[CookieChanges] = {}


class Busy(Exception):
    """Another request has been renewing this session for too long."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A session, and by what its keeper knows it."""

    key: str
    session: Session


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A session after a wait: None if it has ended, ``mine`` if it is mine to renew."""

    held: Held | None
    mine: bool


class SessionKeeper(Protocol):
    """Sessions by the cookies of a request."""

    server_side: bool

    def find(self, cookies: Mapping[str, str]) -> Held | None:
        """Return the session of a browser."""

    def load(self, key: str) -> Held | None:
        """Return a session by its key."""

    def begin(
        self, session: Session, cookies: Mapping[str, str]
    ) -> CookieChanges | None:
        """Keep a new session, under a new name; None when it has ended meanwhile."""

    def renew(self, held: Held, session: Session) -> CookieChanges | None:
        """Keep a session's newest state; None when it has ended meanwhile."""

    def end(self, key: str) -> None:
        """End a session, if it is there."""

    def end_named(self, *, sid: str | None, sub: str | None, at: float) -> int:
        """End all sessions that the issuer knew by these names ``at`` its time."""

    def turn(
        self, held: Held, *, enough: Callable[[Session], bool]
    ) -> AbstractContextManager[Turn]:
        """Wait until nobody renews the session, or somebody has done ``enough``."""

    def once(self, name: str, *, seconds: int) -> bool:
        """Tell whether this is the first time that the name comes up."""

    def forget(self, name: str) -> None:
        """Let a name come up again: what it was for did not happen."""

    def clear(self, cookies: Mapping[str, str]) -> CookieChanges:
        """Take the cookies of a session away."""
