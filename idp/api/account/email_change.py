"""POST /account/email: switch the account to another address."""

from idp.accounts.access.principal import Principal
from idp.accounts.email.change import request_change
from idp.accounts.errors import EmailReserved, EmailTaken, InvalidInput
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.declined import WRONG_PASSWORD, wrong_password
from idp.api.fields import Address, Password
from idp.api.reauthentication import credential_of
from idp.core.errors import RateLimited
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.routes import Declined, JsonBlueprint

api = JsonBlueprint("email_change_api", __name__, tag="Email addresses")


class NewEmail(Body):
    """The new address, and the password; who has none leaves it out."""

    new_email: Address
    password: Password | None = None


@api.operation(
    "POST",
    "/account/email",
    id="email_change_api_change",
    body=NewEmail,
    answers={202: None},
    declines=(WRONG_PASSWORD,),
    refusals=(
        InvalidInput,
        EmailReserved,
        EmailTaken,
        ReauthenticationRequired,
        RateLimited,
        DirectoryAway,
    ),
)
def change(who: Principal, body: NewEmail) -> Declined | None:
    """Ask the new address to confirm, and tell the old one, which can undo it."""
    user = get_user(who.user_id)
    credential = credential_of(user, who, password=body.password, field="password")
    outcome = request_change(
        user,
        new_email=body.new_email,
        credential=credential,
        requester=this_requester(),
    )
    return wrong_password() if isinstance(outcome, WrongPassword) else None
