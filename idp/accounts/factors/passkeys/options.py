"""What a browser is given to ask an authenticator with (WebAuthn §5.4 and §5.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.passkeys.challenges import IssuedChallenge
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.models import User
from idp.core.context import current
from idp.core.randomness import same
from idp.core.sealing import Keyring

TIMEOUT_MILLISECONDS = 300_000
DECOY, DECOY_MARK = "passkey-decoy", "passkey-decoy-mark"
DECOY_CHARACTERS = 20  # of 43, which are 32 bytes


@dataclass(frozen=True)
class KeyHolder:
    """Who a key is made for, where there is no user yet."""

    id: str
    email: str
    name: str | None


def options_to_add(
    user: User | KeyHolder,
    issued: IssuedChallenge,
    *,
    excluded: Iterable[str],
    second_step: bool = False,
) -> dict[str, Any]:
    """Return what makes a passkey on a device that has none of the ``excluded``.

    For a second step any security key does, also one that keeps nothing and unlocks by
    a touch.
    """
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict

    party = relying_party()
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_handle(user.id),
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=_bytes_of(issued.challenge),
        timeout=TIMEOUT_MILLISECONDS,
        exclude_credentials=_descriptors(excluded),
        authenticator_selection=_selection(second_step=second_step),
    )
    return options_to_json_dict(options)


def options_to_sign_in(
    issued: IssuedChallenge, *, allowed: Sequence[str] = (), second_step: bool = False
) -> dict[str, Any]:
    """Return what asks for one of the ``allowed`` keys, or for any that we know.

    As a second step none has to be unlocked.
    """
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=relying_party().id,
        challenge=_bytes_of(issued.challenge),
        timeout=TIMEOUT_MILLISECONDS,
        allow_credentials=_descriptors(allowed),
        user_verification=UserVerificationRequirement.DISCOURAGED
        if second_step
        else UserVerificationRequirement.PREFERRED,
    )
    return options_to_json_dict(options)


def decoys(name: str) -> list[str]:
    """Return ids of keys that there are not; for one name they are always the same."""
    first, second = (_decoy(f"{n}:{name}") for n in range(2))
    return [first, second] if second < "U" else [first]


def is_decoy(credential_id: str) -> bool:
    """Tell whether an id, which may be any text, is one of those that are made up."""
    made_up = credential_id[:DECOY_CHARACTERS]
    return same(credential_id, made_up + _mark_of(made_up))


def user_handle(user_id: str) -> bytes:
    """Return by what an authenticator knows a user: it says nothing of them."""
    return user_id.encode()


def handle_text(user_id: str) -> str:
    """Return the same as scripts have it."""
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(user_handle(user_id))


def _selection(*, second_step: bool) -> Any:
    """Return which authenticators do."""
    from webauthn.helpers.structs import (
        AuthenticatorAttachment,
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    if second_step:
        return AuthenticatorSelectionCriteria(
            authenticator_attachment=AuthenticatorAttachment.CROSS_PLATFORM,
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
    return AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )


def _decoy(of: str) -> str:
    """Return an id of 32 bytes, by the second half of which it is known again."""
    made_up = current(Keyring).mac(DECOY, of)[:DECOY_CHARACTERS]
    return made_up + _mark_of(made_up)


def _mark_of(made_up: str) -> str:
    """Return the second half of an id that is made up."""
    mark = current(Keyring).mac(DECOY_MARK, made_up)
    return mark[DECOY_CHARACTERS:]


def _descriptors(credential_ids: Iterable[str]) -> list[Any]:
    """Return keys as the options name them."""
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=_bytes_of(of)) for of in credential_ids]


def _bytes_of(text: str) -> bytes:
    """Return what base64url stands for."""
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(text)
