"""Sessions in the memory of one process: for development and tests."""

from threading import Lock

from idp_rp.sessions.stores.store import Record


class MemoryStore:
    """A store that a restart empties and a second process does not see."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: dict[str, Record] = {}
        self._claims: dict[str, tuple[str, float]] = {}

    def add(self, record: Record, *, now: float) -> None:
        """Store a session; those that have ended make room."""
        with self._lock:
            live = {k: r for k, r in self._records.items() if r.ends_at > now}
            self._records = {**live, record.key: record}

    def find(self, key: str, *, now: float) -> str | None:
        """Return what is sealed in a session that has not ended."""
        with self._lock:
            found = self._records.get(key)
        return found.sealed if found and found.ends_at > now else None

    def replace(self, record: Record) -> bool:
        """Store a session's newest state, if it is there."""
        with self._lock:
            known = record.key in self._records
            if known:
                self._records[record.key] = record
            return known

    def remove(self, key: str) -> None:
        """Remove a session."""
        with self._lock:
            self._records.pop(key, None)

    def remove_named(self, *, sid: str | None, sub: str | None) -> int:
        """Remove the sessions that bear each name that is given."""
        with self._lock:
            gone = [
                key
                for key, record in self._records.items()
                if sid in (None, record.sid) and sub in (None, record.sub)
            ]
            for key in gone:
                del self._records[key]
            return len(gone)

    def claim(self, name: str, *, owner: str, ends_at: float, now: float) -> bool:
        """Take a name that nobody has."""
        with self._lock:
            self._claims = {n: c for n, c in self._claims.items() if c[1] > now}
            if name in self._claims:
                return False
            self._claims[name] = owner, ends_at
            return True

    def release(self, name: str, *, owner: str) -> None:
        """Give a name back."""
        with self._lock:
            if self._claims.get(name, (None, 0))[0] == owner:
                del self._claims[name]
