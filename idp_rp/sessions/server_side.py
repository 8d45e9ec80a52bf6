"""Sessions in a store: the browser has an id, the store a digest of it."""

import hashlib
import json
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
    ``lease_seconds`` is more than a renewal or a sign-in takes: one that died gives way
    after it, and so long one that has not begun yet can learn that it has ended.
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
        return self.load(_digest(session_id)) if session_id else None

    def load(self, key: str) -> Held | None:
        """Return the live session of a key."""
        opened = self._open(key)
        session = Session.load(opened) if opened else None
        return Held(key=key, session=session) if session else None

    def begin(
        self, session: Session, cookies: Mapping[str, str]
    ) -> CookieChanges | None:
        """Keep a session under a new id, unless the issuer said that it has ended.

        It is kept first: what ends it from then on finds it.
        """
        session_id = secrets.token_urlsafe(32)
        key = _digest(session_id)
        self._store.add(self._record(key, session), now=self._now())
        if self._has_ended(session):
            self.end(key)
            return None
        return {self._name: session_id}

    def renew(self, held: Held, session: Session) -> CookieChanges | None:
        """Keep its newest state, unless it has ended meanwhile."""
        record = self._record(held.key, session)
        return NOTHING if self._store.replace(record) else None

    def end(self, key: str) -> None:
        """Forget it."""
        self._store.remove(key)

    def end_named(self, *, sid: str | None, sub: str | None, at: float) -> int:
        """Forget all that bear the issuer's names: each that is given.

        It is noted first, for those that are not kept yet.
        """
        if not (sid or sub):
            return 0
        self._note_end(_end_of(sid, sub), at=at)
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
            found = self.load(held.key)
            if found is None or enough(found.session):
                yield Turn(held=found, mine=False)
                return
            if time.monotonic() > latest:
                raise Busy
        try:
            found = self.load(held.key)
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

    def _open(self, key: str) -> bytes | None:
        """Open what is stored; what somebody copied to another key opens nothing."""
        written = self._store.find(key, now=self._now())
        opened = self._sealer.open(written) if written else None
        if opened is None or not opened.startswith(key.encode()):
            return None
        return opened[len(key) :]

    def _note_end(self, key: str, *, at: float) -> None:
        """Note the latest end that the issuer told of sessions of some names."""
        latest = max(at, self._ended_at(key))
        now = self._now()
        record = Record(
            key=key,
            sid=None,
            sub=key,
            sealed=self._sealer.seal(f"{key}{latest}".encode()),
            ends_at=now + self._lease_seconds,
        )
        if not self._store.replace(record):
            self._store.add(record, now=now)

    def _ended_at(self, key: str) -> float:
        return float(self._open(key) or "-inf")

    def _has_ended(self, session: Session) -> bool:
        """Tell whether the issuer ended it since it gave its ID token."""
        sid, sub = session.sid, session.sub
        ends = {_end_of(sid, sub), _end_of(sid, None), _end_of(None, sub)}
        return any(self._ended_at(key) >= session.issued_at for key in ends)

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


def _end_of(sid: str | None, sub: str | None) -> str:
    """Return the key of a note; it is no digest of an id, which has no brackets."""
    return _digest(json.dumps(["ended", sid, sub]))
