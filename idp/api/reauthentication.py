"""What a program shows once more before the changes that hurt most in other hands."""

from idp.accounts.access.principal import Principal
from idp.accounts.models import User
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sign_in.reauthentication import ReauthCredential
from idp.accounts.sign_in.ways.managed import own_password_hash
from idp.api.field_names import required
from idp.web.callers import access


def credential_of(
    user: User, who: Principal, *, password: str | None, field: str
) -> ReauthCredential:
    """Return the credential that a password is; InvalidFields when ``field`` lacks it.

    Only who has none may leave it out: then the sign-in has to be fresh. Who has a
    second factor needs a fresh proof of that first.
    """
    if asks_second_factor(user.factors):
        access.fresh_proof(who)
    if password is None and own_password_hash(user) is not None:
        raise required(field)
    return access.credential_of(who, password=password)
