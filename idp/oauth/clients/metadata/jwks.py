"""What a client may register as its keys (RFC 7591 §2; pure)."""

from typing import Any

from idp.core.text import worded
from idp.security.jwks import MAX_KEYS, PRIVATE, listed, usable_keys


def jwks_problem(value: Any) -> str | None:
    """Return why ``value`` cannot be registered as a client's ``jwks``.

    Keys of other kinds may be beside one that signs. A private or symmetric key must
    not be here at all: its owner has shown it to others too.
    """
    keys = listed(value)
    if not keys or len(keys) > MAX_KEYS:
        return worded(
            'must be {"keys": [...]} with 1 to %(most)s public keys', most=MAX_KEYS
        )
    if any(PRIVATE & jwk.keys() or jwk.get("kty") == "oct" for jwk in keys):
        return worded("must hold public keys only: leave out d, p, q, dp, dq, qi and k")
    if not usable_keys(keys):
        return worded(
            "holds no key that signs: give an RSA key of 2048 bits or more, "
            "an EC key on P-256, or an Ed25519 key"
        )
    return None
