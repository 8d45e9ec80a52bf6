"""Sessions sealed into cookies: nothing is kept here, so nothing can be ended here.

No back-channel logout, and no one refresh for parallel calls: each brings its own copy
of the session. What was signed out goes on for who copied the cookie, until it ends.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from idp_rp.cookies import CookieChanges
from idp_rp.sealing import Sealer
from idp_rp.sessions.keeper import Held, Turn
from idp_rp.sessions.session import Session

# Browsers keep 4096 bytes of name, value and attributes; ours take less than 150.
CHUNK: Final = 3900
MOST_CHUNKS: Final = 5


class TooLargeForCookies(Exception):
    """The session needs a store: its tokens do not fit into cookies."""


class SealedSessions:
    """A session is the value of ``name``, ``name-1`` and so on."""

    server_side = False

    def __init__(self, sealer: Sealer, *, name: str, now: Callable[[], float]) -> None:
        self._sealer = sealer
        self._name = name
        self._now = now

    def find(self, cookies: Mapping[str, str]) -> Held | None:
        """Join the chunks: with one missing, changed or of another time, none."""
        count, _, first = cookies.get(self._name, "").partition(".")
        if count not in set(map(str, range(1, MOST_CHUNKS + 1))):
            return None
        others = [cookies.get(name, "") for name in self._names()[1 : int(count)]]
        opened = self._sealer.open("".join([first, *others]))
        session = Session.load(opened) if opened else None
        if session is None or session.ends_at <= self._now():
            return None
        return Held(key="", session=session)

    def load(self, key: str) -> Held | None:
        """Find none: it is in the browser."""
        return None

    def begin(self, session: Session, cookies: Mapping[str, str]) -> CookieChanges:
        """Seal it; chunks of a larger one before are taken away."""
        return {**self.clear(cookies), **self._chunks(session)}

    def renew(self, held: Held, session: Session) -> CookieChanges:
        """Seal its newest state."""
        longer = self._chunks(held.session).keys()
        return {**dict.fromkeys(longer), **self._chunks(session)}

    def end(self, key: str) -> None:
        """Do nothing: the copy in the browser is all there is."""

    def end_named(self, *, sid: str | None, sub: str | None, at: float) -> int:
        """Find none: where they are is not known."""
        return 0

    @contextmanager
    def turn(self, held: Held, *, enough: Callable[[Session], bool]) -> Iterator[Turn]:
        """Let each request renew its own copy."""
        yield Turn(held=held, mine=True)

    def once(self, name: str, *, seconds: int) -> bool:
        """Believe it: the issuer takes a code once only (RFC 6749 §4.1.2)."""
        return True

    def forget(self, name: str) -> None:
        """Do nothing: no name is remembered."""

    def clear(self, cookies: Mapping[str, str]) -> CookieChanges:
        """Take every chunk away that the browser has."""
        return {name: None for name in self._names() if name in cookies}

    def _names(self) -> list[str]:
        later = [f"{self._name}-{number}" for number in range(1, MOST_CHUNKS)]
        return [self._name, *later]

    def _chunks(self, session: Session) -> dict[str, str]:
        sealed = self._sealer.seal(session.dump())
        pieces = [sealed[at : at + CHUNK] for at in range(0, len(sealed), CHUNK)]
        if len(pieces) > MOST_CHUNKS:
            raise TooLargeForCookies(f"{len(sealed)} characters; use a store")
        pieces[0] = f"{len(pieces)}.{pieces[0]}"
        return dict(zip(self._names(), pieces, strict=False))
