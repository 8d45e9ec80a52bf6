"""Adding a passkey to an account, in the session that asked for its options."""

from typing import Any

from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.factors.passkeys.challenges import (
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.errors import TooManyPasskeys
from idp.accounts.factors.passkeys.notices import notify
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
from idp.security.requester import Requester

MOST = 20


class _Known(Exception):
    """A key that some account has already."""


def require_may_add(user: User) -> None:
    """Raise EmailNotVerified or TooManyPasskeys."""
    if user.email_verified_at is None:
        raise EmailNotVerified
    if len(list_passkeys(user.id)) >= MOST:
        raise TooManyPasskeys


def begin_to_add(user: User, *, session_id: str) -> tuple[str, dict[str, Any]]:
    """Return a ticket for this session, and what makes a passkey.

    Raises what ``require_may_add`` does.
    """
    require_may_add(user)
    issued = issue_challenge(Purpose.ADD, user_id=user.id, bound_to=session_id)
    known = [passkey.credential_id for passkey in list_passkeys(user.id)]
    return issued.ticket, options_to_add(user, issued, excluded=known)


def add_passkey(
    user: User,
    credential: Credential,
    *,
    ticket: str,
    session_id: str,
    name: str,
    requester: Requester,
) -> Passkey | None:
    """Keep a key that answers a challenge of this session; None when it does not.

    A key that some account has already is none. The owner is mailed. Raises
    InvalidInput for a name, and what ``require_may_add`` does.
    """
    named = checked_name(name)
    begin_writing()
    hold_user(user.id)
    require_may_add(user)
    new = _answer_to(ticket, credential, session_id=session_id)
    if new is None:
        audit.record("passkey.refused", outcome="refused", user_id=user.id)
        return None
    row = _keep(user.id, new, name=named)
    if row:
        notify(user, "passkey_added", requester=requester)
    return row


def _answer_to(
    ticket: str, credential: Credential, *, session_id: str
) -> NewKey | None:
    """Return the key that answers a challenge of a session, and use that up."""
    asked = find_challenge(ticket, purposes=[Purpose.ADD], shown=[session_id])
    if asked is None or not spend_challenge(ticket):
        return None
    return verify_new(credential, challenge=asked.challenge)


def _keep(user_id: str, new: NewKey, *, name: str) -> Passkey | None:
    """Store a key that an authenticator has made; None if some account has it."""
    party = relying_party()
    row = Passkey(user_id=user_id, name=name, rp_id=party.id, **vars(new))
    try:
        with unless_taken(_Known):
            db.session.add(row)
            db.session.flush()
    except _Known:
        audit.record("passkey.refused", outcome="refused", user_id=user_id)
        return None
    audit.record("passkey.added", user_id=user_id, passkey_id=row.id, name=name)
    return row
