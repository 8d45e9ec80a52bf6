"""A passkey in place of a new password, by the same mailed link.

Not for who has turned two-step sign-in on: a passkey counts two, so the mailbox alone
would open the account.
"""

from typing import Any

from idp.accounts import one_time_tokens
from idp.accounts.addresses.rows import address_keys_of
from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.changes import record_change
from idp.accounts.factors.passkeys.adding import add_passkey, begin_to_add
from idp.accounts.factors.passkeys.kinds import changed, enrolled
from idp.accounts.factors.passkeys.verification import Credential
from idp.accounts.models import User
from idp.accounts.password import change as password_change
from idp.accounts.password.reset import PURPOSES, CompletedReset, find_reset
from idp.accounts.policies.keys import PASSKEY
from idp.accounts.policies.ways import may_use
from idp.accounts.sessions.guard import raise_version
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sign_in.known_devices import add_device
from idp.accounts.sign_in.limits import forget_consecutive_failures
from idp.core.randomness import digest
from idp.security.requester import Requester


def may_have_passkey(user: User) -> bool:
    """Tell whether a user can go on without a password, by the word of the mailbox."""
    if user.email_verified_at is None or asks_second_factor(user.factors):
        return False
    return may_use(PASSKEY, user_id=user.id, roles=user.roles, email=user.email)


def begin_passkey(token: str) -> tuple[str, dict[str, Any]] | None:
    """Return a ticket for a link, and what makes a passkey; None where none may be."""
    found = find_reset(token)
    if found is None or not may_have_passkey(found.user):
        return None
    return begin_to_add(found.user, session_id=digest(token))


def set_passkey(
    token: str,
    credential: Credential,
    *,
    ticket: str,
    name: str,
    device_token: str | None,
    requester: Requester,
) -> CompletedReset | None:
    """Let a link's account be opened by a passkey and no password, once.

    None for a link that is over, and for what is no passkey, which leaves the link. All
    that the password opened is closed. Raises NotSignedIn where another was faster.
    """
    found = find_reset(token)
    if found is None or not may_have_passkey(found.user):
        return None
    user, bound_to = found.user, digest(token)
    forget_consecutive_failures(user.id, user.username, *address_keys_of(user.id))
    key = add_passkey(user, credential, ticket=ticket, session_id=bound_to, name=name)
    if key is None:
        return None
    spent = any(one_time_tokens.spend(token, purpose=of) for of in PURPOSES)
    if not spent or not raise_version(user, seen=user.security_version):
        raise NotSignedIn
    user.factors = sorted(enrolled(user.id, user.factors))
    password_change.store(
        user,
        None,
        closed=password_change.close_sessions(user.id),
        requester=requester,
        event="password.reset.done",
    )
    record_change(user, changed(key), requester=requester)
    one_time_tokens.withdraw_all(user.id)
    known = add_device(user.id, device_token=device_token, requester=requester)
    return CompletedReset(user, found.return_to, known)
