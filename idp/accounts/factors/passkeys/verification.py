"""Judging what an authenticator has signed (WebAuthn §7.1 and §7.2).

Whatever is wrong with it, the answer is one. The library is given text of strangers,
and does not promise which errors it raises for it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.passkeys.options import user_handle
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.models import Passkey
from idp.accounts.sessions.proofs import Method, Proof
from idp.core.clock import utcnow

MAX_ID_BYTES = 1023  # WebAuthn §7.1
Credential = Mapping[str, Any]

REFUSED = "passkey refused: %s"
log = logging.getLogger("idp.passkeys")


@dataclass(frozen=True)
class NewKey:
    """A key that an authenticator has made."""

    credential_id: str
    public_key: bytes
    sign_count: int
    synced: bool


@dataclass(frozen=True)
class AttestedKey:
    """A key that was made just now, and whether it was unlocked for that."""

    key: NewKey
    user_verified: bool


@dataclass(frozen=True)
class ShownKey:
    """A key that was shown: how often it was used, and whether it was unlocked."""

    sign_count: int
    user_verified: bool
    synced: bool

    def proof(self) -> Proof:
        """Return what it proves, now."""
        return Proof(
            Method.PASSKEY,
            utcnow(),
            user_verified=self.user_verified,
            synced=self.synced,
        )


def id_in(credential: Credential) -> str:
    """Return the id that a credential claims to have."""
    claimed = credential.get("id")
    return claimed if isinstance(claimed, str) else ""


def verify_new(credential: Credential, *, challenge: str) -> AttestedKey | None:
    """Return the key of an attestation that answers a challenge, else None."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

    party = relying_party()
    try:
        verified = verify_registration_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origins,
        )
    except Exception as error:  # noqa: BLE001 - it raises what it comes upon
        log.info(REFUSED, type(error).__name__)
        return None
    if len(verified.credential_id) > MAX_ID_BYTES:
        return None
    made = NewKey(
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        synced=verified.credential_backed_up,
    )
    return AttestedKey(made, verified.user_verified)


def verify_shown(
    credential: Credential, passkey: Passkey, *, challenge: str
) -> ShownKey | None:
    """Return what an assertion shows if it is by this key and its user, else None.

    Its counter is not judged: that of a copy is a right answer too.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import (
        base64url_to_bytes,
        parse_authentication_credential_json,
    )

    party = relying_party()
    try:
        parsed = parse_authentication_credential_json(dict(credential))
        handle = parsed.response.user_handle
        if handle and handle != user_handle(passkey.user_id):
            return None
        verified = verify_authentication_response(
            credential=parsed,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origins,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,
        )
    except Exception as error:  # noqa: BLE001 - it raises what it comes upon
        log.info(REFUSED, type(error).__name__)
        return None
    return ShownKey(
        verified.new_sign_count, verified.user_verified, verified.credential_backed_up
    )
