"""/auth/password-reset: ask for a new password by mail, and set it."""

from flask import Response

from idp.accounts.errors import InvalidInput
from idp.accounts.mail_limits import reset_mail_act
from idp.accounts.password.reset import ask_for_reset
from idp.accounts.sign_in.password import METHOD_NOT_ALLOWED
from idp.accounts.sign_in.ways.managed import PasswordManaged
from idp.api.declined import TOKEN_INVALID, sign_in_elsewhere
from idp.api.fields import Address, ChallengeAnswer, MailedToken, Password, ReturnUrl
from idp.api.new_password import reset_by_token
from idp.core.errors import RateLimited
from idp.federation.sign_in.enforcement import find_enforced
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint
from idp.web.return_urls import destination_of

api = JsonBlueprint("password_reset_api", __name__, tag="Password")


class PasswordResetMail(Body):
    """Whose password was lost."""

    email: Address
    return_url: ReturnUrl = None
    challenge: ChallengeAnswer = None


class PasswordReset(Body):
    """The mailed token and a new password."""

    token: MailedToken
    password: Password


@api.operation(
    "POST",
    "/auth/password-reset/email",
    id="password_reset_api_send",
    auth=Auth.NONE,
    body=PasswordResetMail,
    answers={204: None},
    declines=(METHOD_NOT_ALLOWED,),
    refusals=(RateLimited, ChallengeRequired),
)
def send(body: PasswordResetMail) -> Declined | None:
    """Mail a link to a new password; the answer does not tell of the address.

    Where account privacy is `open`, an address whose users sign in by a provider alone
    is refused.
    """
    check_body(reset_mail_act, body.email, answer=body.challenge)
    if find_enforced(body.email.strip(), judged_later=True):
        return sign_in_elsewhere()
    with destination_of(body.return_url) as return_to:
        ask_for_reset(
            body.email.strip(), return_to=return_to, requester=this_requester()
        )
    return None


@api.operation(
    "POST",
    "/auth/password-reset",
    id="password_reset_api_reset",
    auth=Auth.NONE,
    body=PasswordReset,
    answers={204: None},
    declines=(TOKEN_INVALID,),
    refusals=(InvalidInput, PasswordManaged, RateLimited),
)
def reset(body: PasswordReset) -> Response | Declined:
    """Set a new password by the mailed token, once.

    Every session and refresh token of the user ends. It signs nobody in.
    """
    return reset_by_token(body.token, body.password)
