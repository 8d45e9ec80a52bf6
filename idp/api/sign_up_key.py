"""A sign-up by JSON that is sent again, with its `Idempotency-Key` (api.md §3)."""

import json

from idp.accounts.registration.first_session import CheckInbox, SignedUp
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.repeated import sign_up_again
from idp.accounts.registration.sign_up import sign_up_act
from idp.accounts.sessions.start import SessionRequest
from idp.core.context import current
from idp.core.randomness import new_token
from idp.core.sealing import Keyring
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.json.repeats import sent_key

PURPOSE = "sign-up-key"


def registration_token(address: str, password: str | None) -> str:
    """Return what a program that signs up is known by; the same for its key.

    The key may be any text, so the token is a MAC of it with the address and the
    password: who knows the key alone gets no token of somebody else. Raises InvalidKey.
    """
    key = sent_key()
    if key is None or password is None:
        return new_token()
    said = json.dumps([key, address, password])
    return current(Keyring).mac(PURPOSE, said)


def check_unless_again(
    wanted: NewAccount,
    *,
    request: SessionRequest,
    registration: str,
    challenge: str | None,
) -> SignedUp | CheckInbox | None:
    """Check the challenge; a sign-up that is sent again goes on without, and is told.

    Raises ChallengeRequired.
    """
    try:
        check_body(sign_up_act, wanted.email, answer=challenge)
    except ChallengeRequired:
        again = sign_up_again(wanted, request=request, registration=registration)
        if again is None:
            raise
        return again
    return None
