"""Adding a passkey to an account, in the session that asked for its options."""

from typing import Any

from sqlalchemy import select

from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.factors.passkeys.challenges import (
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.errors import TooManyPasskeys
from idp.accounts.factors.passkeys.options import options_to_add
from idp.accounts.factors.passkeys.registry import checked_name, list_passkeys
from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.accounts.factors.passkeys.verification import (
    Credential,
    NewKey,
    verify_new,
)
from idp.accounts.models import Passkey, User
from idp.accounts.users import hold_user
from idp.core.db import begin_writing, db, unless_taken
from idp.security import audit

MOST = 20
PURPOSES = (Purpose.ADD, Purpose.ADD_SECOND_STEP)


class _Known(Exception):
    """A key that some account has already."""


def require_may_add(user: User) -> None:
    """Raise EmailNotVerified or TooManyPasskeys."""
    if user.email_verified_at is None:
        raise EmailNotVerified
    if len(list_passkeys(user.id)) >= MOST:
        raise TooManyPasskeys


def begin_to_add(
    user: User, *, session_id: str, second_step: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return a ticket for this session, and what makes a passkey, or a security key.

    The latter is for a ``second_step`` alone. Raises what ``require_may_add`` does.
    """
    require_may_add(user)
    purpose = Purpose.ADD_SECOND_STEP if second_step else Purpose.ADD
    issued = issue_challenge(purpose, user_id=user.id, bound_to=session_id)
    known = [passkey.credential_id for passkey in list_passkeys(user.id)]
    return issued.ticket, options_to_add(
        user, issued, excluded=known, second_step=second_step
    )


def add_passkey(
    user: User,
    credential: Credential,
    *,
    ticket: str,
    session_id: str,
    name: str,
) -> Passkey | None:
    """Keep a key that answers a challenge of this session; None when it does not.

    A key that some account has already is none. Raises InvalidInput for a name, and
    what ``require_may_add`` does.
    """
    named = checked_name(name)
    begin_writing()
    hold_user(user.id)
    require_may_add(user)
    asked = find_challenge(ticket, purposes=PURPOSES, shown=[session_id])
    if asked is None or not spend_challenge(asked):
        _record_refusal(user.id)
        return None
    new = verify_new(credential, challenge=asked.challenge)
    if new is None:
        _record_refusal(user.id)
        return None
    second_step = asked.purpose is Purpose.ADD_SECOND_STEP
    return keep_passkey(user.id, new.key, name=named, second_step=second_step)


def is_taken(new: NewKey) -> bool:
    """Tell whether some account has a key already, or had it until just now."""
    known = select(Passkey.id).where(Passkey.credential_id == new.credential_id)
    return db.session.scalar(known) is not None


def keep_passkey(
    user_id: str, new: NewKey, *, name: str, second_step: bool = False
) -> Passkey | None:
    """Store a key that an authenticator has made; None if some account has it."""
    row = Passkey(
        user_id=user_id,
        name=name,
        rp_id=relying_party().id,
        second_step=second_step,
        **vars(new),
    )
    try:
        with unless_taken(_Known):
            db.session.add(row)
            db.session.flush()
    except _Known:
        _record_refusal(user_id)
        return None
    audit.record("passkey.added", user_id=user_id, passkey_id=row.id, name=name)
    return row


def _record_refusal(user_id: str) -> None:
    """Say in the audit log that a key was not taken."""
    audit.record("passkey.refused", outcome="refused", user_id=user_id)
