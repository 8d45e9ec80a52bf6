"""To whom a passkey is worth offering after a sign-in with a password."""

from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.policies.effective import effective, places_of
from idp.accounts.policies.keys import PASSKEY, SIGN_IN_METHODS
from idp.accounts.sessions.find import SessionUser


def worth_offering(user: SessionUser) -> bool:
    """Tell whether a user has no passkey, may add one and could sign in with it."""
    if not user.email_verified or user.must_change_password:
        return False
    allowed = effective(SIGN_IN_METHODS, places_of(user.user_id, user.roles))
    return PASSKEY in allowed and not list_passkeys(user.user_id)
