"""A passkey that a user shows besides what they have shown, or once more."""

from typing import Any

from idp.accounts.factors.passkeys.challenges import (
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.options import options_to_sign_in
from idp.accounts.factors.passkeys.registry import find_by_credential, usable_ids
from idp.accounts.factors.passkeys.use import record_use
from idp.accounts.factors.passkeys.verification import Credential, id_in, verify_shown
from idp.accounts.sessions.proofs import Proof
from idp.security import audit


def begin_to_prove(user_id: str, *, bound_to: str) -> tuple[str, dict[str, Any]]:
    """Return a ticket, and what asks for one of a user's own passkeys.

    ``bound_to`` is the session, or the sign-in, in which alone the answer counts.
    """
    issued = issue_challenge(Purpose.PROVE, user_id=user_id, bound_to=bound_to)
    own = usable_ids(user_id)
    return issued.ticket, options_to_sign_in(issued, allowed=own)


def prove_by_passkey(
    user_id: str, credential: Credential, *, ticket: str, bound_to: str
) -> Proof | None:
    """Return what a user's passkey proves; None for anything else.

    The challenge is used up whatever comes of it.
    """
    asked = find_challenge(ticket, purposes=[Purpose.PROVE], shown=[bound_to])
    passkey = find_by_credential(id_in(credential)) if asked else None
    own = asked and passkey and asked.user_id == user_id == passkey.user_id
    shown = None
    if asked and passkey and own:
        shown = verify_shown(credential, passkey, challenge=asked.challenge)
    spent = asked is not None and spend_challenge(asked)
    if spent and passkey and shown and record_use(passkey, shown):
        return shown.proof()
    audit.record("passkey.refused", outcome="refused", user_id=user_id)
    return None
