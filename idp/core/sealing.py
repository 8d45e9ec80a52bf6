"""Secrets at rest and proofs of origin, all under ``IDP_SECRET_KEY``.

The setting is a list: the first key encrypts and signs, every key decrypts and
verifies, so a key can be replaced without a moment in which something is unreadable.
Each purpose gets its own key by HKDF (RFC 5869), so values of one purpose mean nothing
to another.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
KEY_ID_BYTES = 4


class SealBroken(Exception):
    """Sealed bytes that no configured key opens, or that belong to another row."""


class Keyring:
    """Seals, opens, signs and verifies with the keys derived from the secret list."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._masters = tuple(key.encode() for key in secret_keys)
        self._derive = lru_cache(maxsize=256)(_derive)

    def mac(self, purpose: str, message: str) -> str:
        """Return the base64url HMAC-SHA-256 of ``message`` under the newest key."""
        return self._mac(purpose, message, master=self._masters[0])

    def genuine(self, purpose: str, message: str, *, presented: str) -> bool:
        """Tell whether ``presented`` is the MAC of ``message`` under a key of ours."""
        return any(
            hmac.compare_digest(self._mac(purpose, message, master=master), presented)
            for master in self._masters
            if presented.isascii()
        )

    def seal(self, plaintext: bytes, *, bound_to: str) -> bytes:
        """Encrypt with AES-256-GCM: key id, nonce, ciphertext.

        ``bound_to`` names the row: bytes copied into another row do not open there.
        """
        key = self._derive(self._masters[0], "seal")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, plaintext, bound_to.encode())
        return _key_id(key) + nonce + sealed

    def open(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Decrypt what ``seal`` made; SealBroken when no key fits or it was moved."""
        wanted, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
        for key in (self._derive(master, "seal") for master in self._masters):
            if hmac.compare_digest(_key_id(key), wanted):
                try:
                    return AESGCM(key).decrypt(nonce, body, bound_to.encode())
                except InvalidTag as error:
                    raise SealBroken(bound_to) from error
        raise SealBroken(bound_to)

    def is_newest(self, sealed: bytes) -> bool:
        """Tell whether ``sealed`` is under the first key (false: seal it again)."""
        return sealed[:KEY_ID_BYTES] == _key_id(self._derive(self._masters[0], "seal"))

    def _mac(self, purpose: str, message: str, *, master: bytes) -> str:
        key = self._derive(master, f"mac:{purpose}")
        tag = hmac.digest(key, message.encode(), "sha256")
        return urlsafe_b64encode(tag).rstrip(b"=").decode()


def _derive(master: bytes, purpose: str) -> bytes:
    """Return the 256-bit key of one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(
        algorithm=SHA256(), length=32, salt=b"idp", info=purpose.encode()
    ).derive(master)


def _key_id(key: bytes) -> bytes:
    """Return four bytes that tell keys apart and reveal nothing of them."""
    return hashlib.sha256(b"idp key id" + key).digest()[:KEY_ID_BYTES]
