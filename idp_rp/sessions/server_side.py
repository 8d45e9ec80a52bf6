"""Sessions in a store: the browser has an id, the store a digest of it."""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from idp_rp.cookies import CookieChanges
from idp_rp.sealing import Sealer
from idp_rp.sessions.keeper import NOTHING, Busy, Held, Turn
from idp_rp.sessions.session import Session
from idp_rp.sessions.stores import Record, Store

WAIT_SECONDS: Final = 20
PAUSE_SECONDS: Final = 0.05


class ServerSideSessions:
    """Sessions that end everywhere at once, and are renewed by one request at a time.

    What the store holds is sealed: a copy of it gives neither cookies nor tokens.
    ``lease_seconds`` is more than a renewal takes: one that died gives way after it.
    """

    server_side = True

    def __init__(
        self,
        store: Store,
        *,
        sealer: Sealer,
        name: str,
        lease_seconds: float,
        now: Callable[[], float],
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._name = name
        self._lease_seconds = lease_seconds
        self._now = now

    def find(self, cookies: Mapping[str, str]) -> Held | None:
        """Return the live session whose id the browser has."""
        session_id = cookies.get(self._name)
        return self._load(_digest(session_id)) if session_id else None

    def begin(self, session: Session, cookies: Mapping[str, str]) -> CookieChanges:
        """Keep a session under a new id; the one before ends.

        An id that somebody planted before the sign-in is worth nothing after it.
        """
        before = self.find(cookies)
        session_id = secrets.token_urlsafe(32)
        self._store.add(self._record(_digest(session_id), session), now=self._now())
        if before:
            self.end(before.key)
        return {self._name: session_id}

    def renew(self, held: Held, session: Session) -> CookieChanges | None:
        """Keep its newest state, unless it has ended meanwhile."""
        record = self._record(held.key, session)
        return NOTHING if self._store.replace(record) else None

    def end(self, key: str) -> None:
        """Forget it."""
        self._store.remove(key)

    def end_named(self, *, sid: str | None, sub: str | None) -> int:
        """Forget all that bear the issuer's names: each that is given."""
        if not (sid or sub):
            return 0
        return self._store.remove_named(
            sid=_digest(sid) if sid else None, sub=_digest(sub) if sub else None
        )

    @contextmanager
    def turn(self, held: Held, *, enough: Callable[[Session], bool]) -> Iterator[Turn]:
        """Be the only one to renew it, across threads, processes and machines.

        Who waits looks at it again now and then; Busy after too long.
        """
        name, owner = f"renewal {held.key}", secrets.token_hex(16)
        latest = time.monotonic() + WAIT_SECONDS
        while not self._claim(name, owner=owner, seconds=self._lease_seconds):
            time.sleep(PAUSE_SECONDS)
            found = self._load(held.key)
            if found is None or enough(found.session):
                yield Turn(held=found, mine=False)
                return
            if time.monotonic() > latest:
                raise Busy
        try:
            found = self._load(held.key)
            done = found is None or enough(found.session)
            yield Turn(held=found, mine=not done)
        finally:
            self._store.release(_digest(name), owner=owner)

    def once(self, name: str, *, seconds: int) -> bool:
        """Note the name; False if it is noted already."""
        return self._claim(name, owner="", seconds=seconds)

    def forget(self, name: str) -> None:
        """Take the note away."""
        self._store.release(_digest(name), owner="")

    def clear(self, cookies: Mapping[str, str]) -> CookieChanges:
        """Take the id away."""
        return {self._name: None} if self._name in cookies else {}

    def _claim(self, name: str, *, owner: str, seconds: float) -> bool:
        now = self._now()
        return self._store.claim(
            _digest(name), owner=owner, ends_at=now + seconds, now=now
        )

    def _load(self, key: str) -> Held | None:
        written = self._store.find(key, now=self._now())
        opened = self._sealer.open(written) if written else None
        # A row that somebody copied to another key opens nothing there.
        if opened is None or not opened.startswith(key.encode()):
            return None
        session = Session.load(opened[len(key) :])
        return Held(key=key, session=session) if session else None

    def _record(self, key: str, session: Session) -> Record:
        return Record(
            key=key,
            sid=_digest(session.sid) if session.sid else None,
            sub=_digest(session.sub),
            sealed=self._sealer.seal(key.encode() + session.dump()),
            ends_at=session.ends_at,
        )


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
