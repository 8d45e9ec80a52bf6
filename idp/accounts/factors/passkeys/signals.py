"""What authenticators are told of passkeys (WebAuthn §5.1.10, the signal methods).

A device that is told lists no passkey that does not work, and names the account as it
is called now. Each signal is the name of a method and what that is given.
"""

import re
from typing import Any

from idp.accounts.factors.passkeys.options import handle_text, is_decoy
from idp.accounts.factors.passkeys.registry import exists, list_passkeys
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.sessions.find import SessionUser

ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")  # 1023 bytes in base64url
Signal = tuple[str, dict[str, Any]]


def of_unknown(credential_id: str) -> list[Signal]:
    """Return what tells a device that a key it has shown is of no account, if so.

    An id that was made up for a login without passkeys is not told from a real one.
    """
    if not ID.fullmatch(credential_id) or exists(credential_id):
        return []
    if is_decoy(credential_id):
        return []
    told = {"rpId": relying_party().id, "credentialId": credential_id}
    return [("signalUnknownCredential", told)]


def of_accepted(user_id: str) -> Signal:
    """Return what tells a device which of a user's passkeys work."""
    accepted = [key.credential_id for key in list_passkeys(user_id) if key.usable]
    told = _of(user_id) | {"allAcceptedCredentialIds": accepted}
    return "signalAllAcceptedCredentials", told


def of_user(user: SessionUser) -> Signal:
    """Return what tells a device what a user is called by now."""
    name = user.name or user.email
    told = _of(user.user_id) | {"name": user.email, "displayName": name}
    return "signalCurrentUserDetails", told


def _of(user_id: str) -> dict[str, Any]:
    """Return by what a device knows a user."""
    return {"rpId": relying_party().id, "userId": handle_text(user_id)}
