"""What a program shows once more before the changes that hurt most in other hands."""

from idp.accounts.models import User
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.reauthentication import ReauthCredential
from idp.api.field_names import required


def credential_of(
    user: User, live: LiveSession, *, password: str | None, field: str
) -> ReauthCredential:
    """Return the credential that a password is; InvalidFields when ``field`` lacks it.

    Only who has none may leave it out: then the sign-in has to be fresh.
    """
    if password is None and user.password_hash is not None:
        raise required(field)
    return ReauthCredential(live.auth_time, password)
