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
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column

NONCE_BYTES = 12
KEY_ID_BYTES = 4
KEY_BYTES = 32


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

    @property
    def newest_id(self) -> bytes:
        """How all begins that is sealed under the first key."""
        return _key_id(self._derive(self._masters[0], "seal"))

    def seal_mac_keys(self, purpose: str, *, bound_to: str) -> bytes:
        """Seal what ``mac`` may have used for a purpose, for what is kept for years.

        It verifies by ``genuine_under`` also when its secret is in no setting any more.
        """
        keys = [self._derive(master, f"mac:{purpose}") for master in self._masters]
        return self.seal(b"".join(keys), bound_to=bound_to)

    def genuine_under(
        self, sealed: bytes, message: str, *, presented: str, bound_to: str
    ) -> bool:
        """Tell whether ``presented`` is a MAC by keys of ``seal_mac_keys``."""
        keys = self.open(sealed, bound_to=bound_to)
        each = (keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES))
        return presented.isascii() and any(
            hmac.compare_digest(_mac_by(key, message), presented) for key in each
        )

    def _mac(self, purpose: str, message: str, *, master: bytes) -> str:
        return _mac_by(self._derive(master, f"mac:{purpose}"), message)


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values; ``row`` names the row that one is bound to.

    That is text with the names of columns: ``totp:{id}``. Where a secret is replaced or
    lost, all values of all such columns are gone through (``ops.secrets``).
    """

    column: Column[Any]
    row: str

    @property
    def names(self) -> list[str]:
        """The columns that the row is named by."""
        return [name for _, name, _, _ in Formatter().parse(self.row) if name]

    def bound_to(self, **values: str) -> str:
        """Return what the value of one row is bound to."""
        return self.row.format(**values)


def _mac_by(key: bytes, message: str) -> str:
    """Return the base64url HMAC-SHA-256 of a message."""
    tag = hmac.digest(key, message.encode(), "sha256")
    return urlsafe_b64encode(tag).rstrip(b"=").decode()


def _derive(master: bytes, purpose: str) -> bytes:
    """Return the 256-bit key of one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(
        algorithm=SHA256(), length=KEY_BYTES, salt=b"idp", info=purpose.encode()
    ).derive(master)


def _key_id(key: bytes) -> bytes:
    """Return four bytes that tell keys apart and reveal nothing of them."""
    return hashlib.sha256(b"idp key id" + key).digest()[:KEY_ID_BYTES]
