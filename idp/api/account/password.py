"""PUT /api/v1/account/password: the password as one resource, in three shapes."""

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.errors import AuthenticationRequired, InvalidInput
from idp.accounts.password.reset import ask_for_reset
from idp.api.declined import TOKEN_INVALID, WRONG_PASSWORD
from idp.api.field_names import renamed
from idp.api.fields import Address, MailedToken, Password
from idp.api.new_password import change_to, reset_by_token
from idp.core.errors import RateLimited
from idp.web.browser.session import session_of
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("password_api", __name__, tag="Password")


class LostPassword(Body):
    """Whose password was lost: a mail goes there, if there is an account."""

    email: Address


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
    refusals=(AuthenticationRequired, InvalidInput, RateLimited),
    before_password_change=True,
    before_enrolment=True,
)
def put(
    who: Principal | None, body: LostPassword | PasswordByToken | PasswordByOld
) -> Response | Declined:
    """Ask for a new password by mail, or set it by token or by the old one."""
    with renamed({"password": "new"}):
        if isinstance(body, LostPassword):
            ask_for_reset(body.email.strip(), return_to="", requester=this_requester())
            return reply(None, status=202)
        if isinstance(body, PasswordByToken):
            return reset_by_token(body.token, body.new)
        if who is None:
            raise AuthenticationRequired
        return change_to(body.new, session_of(who), current=body.old)
