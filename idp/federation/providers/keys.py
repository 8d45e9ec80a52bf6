"""Private keys that prove this server at a provider, as operators hand them over."""

from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

LEAST_RSA_BITS = 2048
SigningKeyPair = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey


def make_key() -> str:
    """Return a new private key for ES256, in PEM."""
    made = generate_private_key(SECP256R1())
    return made.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()


def can_sign(pem: str) -> bool:
    """Tell whether a text is a private key that signs for us."""
    return _usable(pem) is not None


def is_p256(pem: str) -> bool:
    """Tell whether a text is a private key for ES256."""
    return isinstance(_usable(pem), EllipticCurvePrivateKey)


def public_jwk(pem: str, *, kid: str | None = None) -> dict[str, Any]:
    """Return the public half as a JWK (RFC 7517), its thumbprint for a name."""
    key = _jwk_class(_usable(pem)).import_key(pem)
    shown = cast("dict[str, Any]", key.as_dict(private=False))
    return shown | {"kid": kid or key.thumbprint(), "use": "sig"}


def _usable(pem: str) -> SigningKeyPair | None:
    """Return a key in PEM that signs as we do; None for any other text."""
    try:
        found = load_pem_private_key(pem.encode(), password=None)
    except (TypeError, UnsupportedAlgorithm, ValueError):
        return None
    match found:
        case RSAPrivateKey(key_size=bits) if bits >= LEAST_RSA_BITS:
            return found
        case EllipticCurvePrivateKey() if isinstance(found.curve, SECP256R1):
            return found
        case Ed25519PrivateKey():
            return found
    return None


def _jwk_class(found: SigningKeyPair | None) -> type[Key]:
    """Return what reads such a key."""
    if isinstance(found, RSAPrivateKey):
        return RSAKey
    return ECKey if isinstance(found, EllipticCurvePrivateKey) else OKPKey
