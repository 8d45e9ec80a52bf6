"""PUT /auth/change-password: set another password."""

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.errors import InvalidInput
from idp.accounts.password.change import needs_current_password
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.sign_in.ways.managed import PasswordManaged
from idp.api.declined import WRONG_PASSWORD
from idp.api.field_names import refuse_mismatch, renamed, required
from idp.api.fields import Password
from idp.api.new_password import change_to
from idp.core.errors import RateLimited
from idp.web.browser.session import session_of
from idp.web.json.models import Body
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("password_change_api", __name__, tag="Password")


class PasswordChange(Body):
    """The old and the new password.

    Only a user who got the password from somebody else, and signed in with it just now,
    may leave it out.
    """

    current_password: Password | None = None
    new_password: Password
    new_password_confirm: Password | None = None


@api.operation(
    "PUT",
    "/auth/change-password",
    id="password_change_api_change",
    body=PasswordChange,
    answers={204: None},
    declines=(WRONG_PASSWORD,),
    refusals=(
        InvalidInput,
        PasswordManaged,
        ReauthenticationRequired,
        RateLimited,
    ),
    before_password_change=True,
    before_enrolment=True,
)
def change(who: Principal, body: PasswordChange) -> Response | Declined:
    """Change the password.

    All other sessions and all refresh tokens of the user end; in cookies mode this
    browser gets new cookies.
    """
    repeated, live = body.new_password_confirm, session_of(who)
    refuse_mismatch(body.new_password, repeated, field="new_password_confirm")
    if body.current_password is None and needs_current_password(live):
        raise required("current_password")
    with renamed({"password": "new_password"}):
        return change_to(body.new_password, live, current=body.current_password)
