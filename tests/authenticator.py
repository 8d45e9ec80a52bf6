"""An authenticator in software, as WebAuthn Level 3 §6 describes one."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ISSUER = "https://idp.example"


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """One key; it is unlocked at each use (``verifies``), and may be on other devices.

    ``counts`` begins at one; an authenticator that syncs says always 0.
    """

    def __init__(self, *, verifies: bool = True, synced: bool = False) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = secrets.token_bytes(32)
        self.verifies, self.synced = verifies, synced
        self.count = 0
        self.user_handle = b""
        self.rp_id = "idp.example"

    def create(self, options: dict, *, origin: str = ISSUER) -> dict:
        """Answer what ``navigator.credentials.create`` was asked."""
        self.user_handle = decoded(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        size = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + size + self.credential_id + cose
        data = self._data(AT) + attested
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options, origin),
            attestationObject=encoded(cbor2.dumps(attestation)),
        )

    def get(self, options: dict, *, origin: str = ISSUER) -> dict:
        """Answer what ``navigator.credentials.get`` was asked."""
        client_data = self._client_data("webauthn.get", options, origin)
        data = self._data()
        signed = data + sha256(decoded(client_data)).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=encoded(data),
            signature=encoded(self.key.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=encoded(self.user_handle),
        )

    def _data(self, more: int = 0) -> bytes:
        self.count += 0 if self.synced else 1
        flags = UP | more | (UV if self.verifies else 0)
        flags |= (BE | BS) if self.synced else 0
        hashed = sha256(self.rp_id.encode()).digest()
        return hashed + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict, origin: str) -> str:
        said = {"type": kind, "challenge": options["challenge"], "origin": origin}
        return encoded(json.dumps(said).encode())

    def _credential(self, **response: str) -> dict:
        credential_id = encoded(self.credential_id)
        return {
            "id": credential_id,
            "rawId": credential_id,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def add_passkey(
    caller, *, name: str = "Phone", second_step: bool = False, **kind
) -> Authenticator:
    """Add a passkey to the account of a caller of the JSON API."""
    authenticator = Authenticator(**kind)
    wanted = {"second_step": second_step}
    asked = caller.post("/account/passkeys/options", wanted).json
    shown = authenticator.create(asked["options"])
    body = {"ticket": asked["ticket"], "credential": shown, "name": name}
    answer = caller.post("/account/passkeys", body)
    assert answer.status_code == 201, answer.text
    return authenticator


def sign_in_by(caller, authenticator: Authenticator, **more):
    """Sign a caller in with a passkey; return the answer."""
    asked = caller.post("/auth/passkey/options", {}).json
    shown = authenticator.get(asked["options"])
    return caller.post(
        "/auth/passkey", {"ticket": asked["ticket"], "credential": shown, **more}
    )
