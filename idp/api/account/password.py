"""PUT /api/v1/account/password: the password as one resource, in three shapes.

DELETE /account/password: go without one.
"""

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.errors import AuthenticationRequired, InvalidInput
from idp.accounts.factors.passkeys.errors import LastWayIn
from idp.accounts.mail_limits import reset_mail_act
from idp.accounts.password.removal import NoPassword, remove_password
from idp.accounts.password.reset import ask_for_reset
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.sign_in.ways.managed import PasswordManaged
from idp.api.declined import TOKEN_INVALID, WRONG_PASSWORD
from idp.api.field_names import renamed
from idp.api.fields import Address, ChallengeAnswer, MailedToken, Password
from idp.api.new_password import change_to, reset_by_token
from idp.api.renewed_session import is_in_cookies, with_renewed
from idp.core.errors import RateLimited
from idp.security.challenge.guard import ChallengeRequired
from idp.web.browser.session import session_of
from idp.web.callers import access
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("password_api", __name__, tag="Password")


class LostPassword(Body):
    """Whose password was lost: a mail goes there, if there is an account."""

    email: Address
    challenge: ChallengeAnswer = None


class PasswordByToken(Body):
    """The mailed token, and the new password."""

    token: MailedToken
    new: Password


class PasswordByOld(Body):
    """The old password of who is signed in, and the new one."""

    old: Password
    new: Password


@api.operation(
    "PUT",
    "/api/v1/account/password",
    id="password_api_put",
    auth=Auth.OPTIONAL,
    body=LostPassword | PasswordByToken | PasswordByOld,
    answers={204: None, 202: None},
    declines=(TOKEN_INVALID, WRONG_PASSWORD),
    refusals=(
        AuthenticationRequired,
        InvalidInput,
        PasswordManaged,
        ReauthenticationRequired,
        RateLimited,
        ChallengeRequired,
    ),
    before_password_change=True,
    before_enrolment=True,
)
def put(
    who: Principal | None, body: LostPassword | PasswordByToken | PasswordByOld
) -> Response | Declined:
    """Ask for a new password by mail, or set it by token or by the old one."""
    with renamed({"password": "new"}):
        if isinstance(body, LostPassword):
            check_body(reset_mail_act, body.email, answer=body.challenge)
            ask_for_reset(body.email.strip(), return_to="", requester=this_requester())
            return reply(None, status=202)
        if isinstance(body, PasswordByToken):
            return reset_by_token(body.token, body.new)
        if who is None:
            raise AuthenticationRequired
        return change_to(body.new, session_of(who), current=body.old)


@api.operation(
    "DELETE",
    "/account/password",
    id="password_api_remove",
    answers={204: None},
    refusals=(NoPassword, LastWayIn, ReauthenticationRequired),
)
def remove(who: Principal) -> Response:
    """Go without a password, within ten minutes of a sign-in; the owner is mailed.

    A passkey, a linked provider or sign-in by mail has to be left. All other
    sessions and all refresh tokens of the user end; in cookies mode this browser gets
    new cookies.
    """
    access.fresh_proof(who)
    live = session_of(who)
    in_cookies = is_in_cookies(live)
    outcome = remove_password(live, requester=this_requester())
    response = reply(None, status=204)
    return with_renewed(response, outcome.session) if in_cookies else response
