"""Sessions in Redis: ``pip install idp-rp[redis]``."""

import math
from typing import Final

from redis import Redis

from idp_rp.sessions.stores.store import Record

# Each script is one step: nobody sees a half of it.
ADD: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'EXAT', ARGV[2])
for i = 2, #KEYS do
  redis.call('SADD', KEYS[i], KEYS[1])
  if redis.call('TTL', KEYS[i]) < ARGV[2] - ARGV[3] then
    redis.call('EXPIREAT', KEYS[i], ARGV[2])
  end
end
"""
REMOVE_NAMED: Final = """
local gone = 0
for _, key in ipairs(redis.call('SINTER', unpack(KEYS))) do
  gone = gone + redis.call('DEL', key)
  for _, name in ipairs(KEYS) do redis.call('SREM', name, key) end
end
return gone
"""
RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class RedisStore:
    """Keys begin with ``prefix``; all end by themselves.

    For one Redis, not for a cluster: a session's keys lie on different slots.
    """

    def __init__(self, client: Redis, *, prefix: str = "bff:") -> None:
        self._redis = client
        self._prefix = prefix

    def add(self, record: Record, *, now: float) -> None:
        """Store a session under its key, and its key under the issuer's names."""
        keys = [self._session(record.key), *self._names(record.sid, record.sub)]
        ends = math.ceil(record.ends_at)
        self._redis.eval(ADD, len(keys), *keys, record.sealed, ends, int(now))

    def find(self, key: str, *, now: float) -> str | None:
        """Return what is sealed in a session that has not ended."""
        found = self._redis.get(self._session(key))
        return found.decode() if isinstance(found, bytes) else found

    def replace(self, record: Record) -> bool:
        """Store a session's newest state, if it is there."""
        name, ends = self._session(record.key), math.ceil(record.ends_at)
        return bool(self._redis.set(name, record.sealed, xx=True, exat=ends))

    def remove(self, key: str) -> None:
        """Remove a session."""
        self._redis.delete(self._session(key))

    def remove_named(self, *, sid: str | None, sub: str | None) -> int:
        """Remove the sessions that bear each name that is given."""
        names = self._names(sid, sub)
        return int(self._redis.eval(REMOVE_NAMED, len(names), *names))

    def claim(self, name: str, *, owner: str, ends_at: float, now: float) -> bool:
        """Take a name that nobody has."""
        lasting = max(1, math.ceil((ends_at - now) * 1000))
        key = f"{self._prefix}claim:{name}"
        return bool(self._redis.set(key, owner, nx=True, px=lasting))

    def release(self, name: str, *, owner: str) -> None:
        """Give a name back."""
        self._redis.eval(RELEASE, 1, f"{self._prefix}claim:{name}", owner)

    def _session(self, key: str) -> str:
        return f"{self._prefix}session:{key}"

    def _names(self, sid: str | None, sub: str | None) -> list[str]:
        """Return where the keys of sessions stand that bear a name."""
        given = {"sid": sid, "sub": sub}
        return [f"{self._prefix}{kind}:{name}" for kind, name in given.items() if name]
