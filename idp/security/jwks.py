"""Public keys that others sign with: what a JWK Set holds of use (pure; RFC 7517)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
MAX_KEYS = 20
RSA_BITS = range(2048, 8193)  # checking a larger one's signatures is slow
MAX_RSA_EXPONENT = 2**32
MEMBERS = ("kty", "crv", "n", "e", "x", "y")
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
FITTING: Mapping[tuple[Any, Any], frozenset[str]] = {
    ("RSA", None): frozenset({"RS256", "PS256"}),
    ("EC", "P-256"): frozenset({"ES256"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA"}),
}


class Algorithms(JWSRegistry):
    """Exactly our algorithms, chosen by us; joserfc's own default list is shorter.

    RFC 9864 renames EdDSA, which joserfc warns of; relying parties know no other name.
    """

    def get_alg(self, name: str) -> Any:
        """Return the implementation of one of our algorithms."""
        if name not in ALGORITHMS:
            return super().get_alg(name)
        return self.algorithms[name]


OURS = Algorithms(algorithms=ALGORITHMS)


@dataclass(frozen=True)
class PublicKey:
    """A key that can check signatures by ``algorithms``."""

    kid: str | None
    algorithms: frozenset[str]
    key: Key


def listed(jwks: Any) -> list[Mapping[str, Any]]:
    """Return the keys of a JWK Set, none of what is no such set (RFC 7517 §5)."""
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(jwk, dict) for jwk in keys):
        return []
    return keys


def usable_keys(keys: Iterable[Mapping[str, Any]]) -> tuple[PublicKey, ...]:
    """Return the keys that can check a signature; the others are left out (§5)."""
    return tuple(filter(None, map(usable_key, keys)))


def usable_key(jwk: Mapping[str, Any]) -> PublicKey | None:
    """Return a JWK as a key that checks signatures, None when it cannot."""
    fitting = _algorithms_of(jwk)
    kid = jwk.get("kid")
    if not fitting or PRIVATE & jwk.keys() or not isinstance(kid, str | None):
        return None
    try:
        key = JWKRegistry.import_key({m: jwk[m] for m in MEMBERS if m in jwk})
    except (JoseError, ValueError):
        return None
    return PublicKey(kid, fitting, key) if _affordable(key) else None


def _algorithms_of(jwk: Mapping[str, Any]) -> frozenset[str]:
    """Return by which algorithms a key may have signed (RFC 7517 §4.1 to §4.4)."""
    kind = jwk.get("kty"), jwk.get("crv")
    fitting = (
        FITTING.get(kind) if all(isinstance(k, str | None) for k in kind) else None
    )
    operations = jwk.get("key_ops", ["verify"])
    verifies = isinstance(operations, list) and "verify" in operations
    if fitting is None or jwk.get("use", "sig") != "sig" or not verifies:
        return frozenset()
    named = jwk.get("alg")
    return fitting if named is None else frozenset(a for a in fitting if a == named)


def _affordable(key: Key) -> bool:
    """Tell whether a key is neither weak nor made to be slow."""
    public = key.public_key
    if not isinstance(public, RSAPublicKey):
        return True
    exponent = public.public_numbers().e
    return public.key_size in RSA_BITS and exponent < MAX_RSA_EXPONENT
