"""Signing and checking our own tokens with keys that are loaded once per process."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key
from joserfc.jws import extract_compact, validate_compact
from sqlalchemy import select

from idp.core.caches.cached import Cached
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.randomness import digest
from idp.core.sealing import Keyring
from idp.oauth.keys.jwks import Document, published_document
from idp.oauth.models import SigningKey
from idp.oauth.protocol.machine import as_json
from idp.security.jwks import OURS

KEYS = "keys"  # the name in cache_versions
RELOAD_SECONDS = 30
PUBLISH_SECONDS = 5  # every node shows a new key after this
UNKNOWN_RELOAD_SECONDS = 2
MAX_TOKEN_BYTES = 8192
MAX_VERIFIED = 2000

ES256 = ECDSA(SHA256())

LOAD = (
    select(table_of(SigningKey))
    .where(SigningKey.revoked_at.is_(None))
    .order_by(SigningKey.generation.desc())
)


class NoSigningKey(Exception):
    """No key signs with this algorithm yet: the database was never initialised."""


class UntrustedToken(Exception):
    """A token that we did not sign, or whose form we do not accept."""


@dataclass(frozen=True)
class LoadedKey:
    """A key in memory; ``sign`` makes the raw signature of some bytes."""

    kid: str
    algorithm: str
    key: Key
    signs_from: datetime
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Snapshot:
    """The keys as they were loaded; ``ready`` is newest first.

    At ``good_until`` the first of the published keys is published no more.
    ``retired`` are the stored rows of keys that are published no more. ``verified``
    remembers the claims of tokens, by their digests, that these keys have verified.
    """

    good_until: datetime | None
    ready: Mapping[str, tuple[LoadedKey, ...]]
    by_kid: Mapping[str, LoadedKey]
    retired: Mapping[str, Any]
    jwks: Document
    verified: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def remember(self, token: tuple[str, str], claims: dict[str, Any]) -> None:
        """Spare an app that uses one token often the cost of its signature."""
        if len(self.verified) >= MAX_VERIFIED:
            self.verified.clear()
        self.verified[token] = claims


class Signer:
    """The process's keys. Nodes pick a new key by its time, not by restart."""

    def __init__(self) -> None:
        self.snapshots: Cached[Snapshot] = Cached(KEYS)
        self._loaded: dict[str, LoadedKey] = {}
        self._lock = Lock()

    def sign(self, claims: dict[str, Any], *, algorithm: str, typ: str) -> str:
        """Return a compact JWS (RFC 7515 §7.1) with ``kid`` and ``typ`` in its header.

        Put together here, because the header of a key is always the same.
        """
        chosen = self._signing_key(algorithm)
        header = _header_segment(algorithm, chosen.kid, typ=typ)
        signed = header + b"." + _segment(as_json(claims).encode())
        return (signed + b"." + _segment(chosen.sign(signed))).decode()

    def read(self, token: str, *, typ: str, retired: bool = False) -> dict[str, Any]:
        """Return the claims of a token of ours; UntrustedToken otherwise.

        The header only names one of our keys: the algorithm is the key's. Expiry and
        audience are the caller's to judge. ``retired`` keys count only for a caller who
        grants no access by the token.
        """
        if len(token) > MAX_TOKEN_BYTES:
            raise UntrustedToken("too long")
        try:
            if retired:
                return self._verify(token, typ=typ, retired=True)
            memory, name = self._younger_than(RELOAD_SECONDS), (typ, digest(token))
            claims = memory.verified.get(name)
            if claims is None:
                claims = self._verify(token, typ=typ, retired=False)
                memory.remember(name, claims)
        except (JoseError, ValueError) as error:
            raise UntrustedToken(type(error).__name__) from error
        return dict(claims)

    def _verify(self, token: str, *, typ: str, retired: bool) -> dict[str, Any]:
        parsed = extract_compact(token.encode(), registry=OURS)
        header = parsed.headers()
        known = self._known_key(header.get("kid"), retired=retired)
        if known is None or header.get("alg") != known.algorithm:
            raise UntrustedToken("unknown key")
        if str(header.get("typ", "")).lower() != typ:
            raise UntrustedToken("wrong type")
        if not validate_compact(parsed, known.key, registry=OURS):
            raise UntrustedToken("bad signature")
        claims: dict[str, Any] = json.loads(parsed.payload)
        return claims

    def forget(self) -> None:
        """Look at the database again at the next use."""
        self.snapshots.forget()

    def jwks(self) -> Document:
        """Return the published keys as the JWKS endpoint answers them."""
        return self._younger_than(PUBLISH_SECONDS).jwks

    def _signing_key(self, algorithm: str) -> LoadedKey:
        now = utcnow()
        for age in (RELOAD_SECONDS, UNKNOWN_RELOAD_SECONDS):
            for candidate in self._younger_than(age).ready.get(algorithm, ()):
                if candidate.signs_from <= now:
                    return candidate
        raise NoSigningKey(algorithm)

    def _known_key(self, kid: object, *, retired: bool) -> LoadedKey | None:
        if not isinstance(kid, str):
            return None
        for age in (RELOAD_SECONDS, UNKNOWN_RELOAD_SECONDS):
            snapshot = self._younger_than(age)
            if kid in snapshot.by_kid:
                return snapshot.by_kid[kid]
            if retired and kid in snapshot.retired:
                return _public_part(snapshot.retired[kid])
        return None

    def _younger_than(self, seconds: int) -> Snapshot:
        load = partial(self._load, utcnow())
        known = self.snapshots.fetch(KEYS, load, younger_than=seconds)
        if known.good_until is None or utcnow() < known.good_until:
            return known
        self.snapshots.forget()
        return self.snapshots.fetch(KEYS, load)

    def _load(self, now: datetime) -> Snapshot:
        stored = db.session.execute(LOAD).all()
        rows = [r for r in stored if r.retires_at is None or r.retires_at > now]
        retired = {r.kid: r for r in stored if r.retires_at and r.retires_at <= now}
        with self._lock:
            known = {row.kid: self._loaded.get(row.kid) or _opened(row) for row in rows}
            self._loaded = known
        ready: dict[str, tuple[LoadedKey, ...]] = {}
        for key in known.values():
            ready[key.algorithm] = (*ready.get(key.algorithm, ()), key)
        ends = min((row.retires_at for row in rows if row.retires_at), default=None)
        return Snapshot(ends, ready, known, retired, published_document(rows))


def open_private(row: Any) -> dict[str, Any]:
    """Return the private JWK of a stored key."""
    opened = current(Keyring).open(row.private_sealed, bound_to=row.kid)
    private: dict[str, Any] = json.loads(opened)
    return private


def _segment(raw: bytes) -> bytes:
    """Return a part of a compact JWS: base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(raw).rstrip(b"=")


@lru_cache(maxsize=256)
def _header_segment(algorithm: str, kid: str, *, typ: str) -> bytes:
    """Return the encoded header of all tokens of a type that a key signs."""
    return _segment(as_json({"typ": typ, "alg": algorithm, "kid": kid}).encode())


def _opened(row: Any) -> LoadedKey:
    """Return a stored key, opened and parsed."""
    return _loaded(row, JWKRegistry.import_key(open_private(row)))


def _public_part(row: Any) -> LoadedKey:
    """Return a stored key that can only verify."""
    return _loaded(row, JWKRegistry.import_key(row.public_jwk))


def _loaded(row: Any, key: Key) -> LoadedKey:
    """Return a stored key with its way to sign.

    Access tokens are ES256, so this one is spared what joserfc does around the
    signature, which costs half as much again.
    """
    if row.algorithm == "ES256" and isinstance(key, ECKey) and key.is_private:
        sign = partial(_sign_es256, key.private_key)
    else:
        sign = partial(OURS.get_alg(row.algorithm).sign, key=key)
    return LoadedKey(row.kid, row.algorithm, key, row.signs_from, sign)


def _sign_es256(key: Any, message: bytes) -> bytes:
    """Return r and s of an ECDSA signature, 32 bytes each (RFC 7518 §3.4)."""
    r, s = decode_dss_signature(key.sign(message, ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
