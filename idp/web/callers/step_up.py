"""What a client is told whose token stands for too old or too weak a sign-in."""

from flask import g

from idp.accounts.access.principal import Principal
from idp.accounts.errors import AuthenticationRequired
from idp.accounts.factors.assurance import AAL2
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.reauthentication import FRESH, ReauthenticationRequired
from idp.core.errors import IdpError
from idp.oauth.clients.account_client import is_other_client


class InsufficientUserAuthentication(AuthenticationRequired):
    """A live token of a sign-in that is not fresh, or not strong enough, for this.

    The challenge says what to ask for at the authorization endpoint (RFC 9470 §3).
    """

    code = "insufficient_user_authentication"
    title = "The sign-in behind this access token is too old or too weak for that."

    def __init__(self, needed: ReauthenticationRequired) -> None:
        wanted = {"error": self.code, "acr_values": "", "max_age": FRESH.seconds}
        if needed.methods and Method.PASSWORD not in needed.methods:
            wanted["acr_values"] = AAL2
        shown = (f', {name}="{value}"' for name, value in wanted.items() if value)
        self.challenge = "".join(shown)
        super().__init__()
        self.members = needed.members


def for_caller(error: IdpError) -> IdpError:
    """Return a refusal as the caller can use it: a client is told by a challenge.

    Only one whose sign-ins prove something here, and that can ask for another.
    """
    who = g.get("principal")
    if not isinstance(error, ReauthenticationRequired):
        return error
    if not isinstance(who, Principal) or who.auth_time is None:
        return error
    if not is_other_client(who.client_id):
        return error
    return InsufficientUserAuthentication(error)
