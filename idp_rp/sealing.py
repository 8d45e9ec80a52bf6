"""Sealing: nobody without the key reads it, makes one or changes a letter."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealer:
    """Seals for one purpose: what was sealed for another does not open here.

    The first key seals, all open.
    """

    def __init__(self, keys: Sequence[str], *, purpose: str) -> None:
        self._fernet = MultiFernet([_fernet(key, purpose=purpose) for key in keys])

    def seal(self, plain: bytes) -> str:
        """Return a sealed text of letters that a cookie may hold."""
        return self._fernet.encrypt(plain).rstrip(b"=").decode("ascii")

    def open(self, sealed: str) -> bytes | None:
        """Return what was sealed; None for anything else."""
        try:
            return self._fernet.decrypt(sealed + "=" * (-len(sealed) % 4))
        except (InvalidToken, ValueError):
            return None


def _fernet(key: str, *, purpose: str) -> Fernet:
    derived = HKDF(
        algorithm=SHA256(), length=32, salt=b"idp-rp", info=purpose.encode()
    ).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
