"""POST /auth/delete-account: take an account out of use, and erase it later."""

from flask import Response

from idp.accounts.access.principal import Principal
from idp.accounts.access.roles import LastOwner
from idp.accounts.lifecycle.deletion import schedule_deletion
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.api.declined import WRONG_PASSWORD, wrong_password
from idp.api.fields import Password
from idp.api.reauthentication import credential_of
from idp.api.sign_out import drop_cookies
from idp.core.errors import RateLimited
from idp.organizations.lifecycle.departures import OwnsOrganizations
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body
from idp.web.json.routes import Declined, JsonBlueprint, reply

api = JsonBlueprint("deletion_api", __name__, tag="Profile")


class AccountDeletion(Body):
    """The password; who has none leaves it out."""

    current_password: Password | None = None


@api.operation(
    "POST",
    "/auth/delete-account",
    id="deletion_api_delete",
    before_enrolment=True,
    body=AccountDeletion,
    answers={204: None},
    declines=(WRONG_PASSWORD,),
    refusals=(
        ReauthenticationRequired,
        RateLimited,
        LastOwner,
        OwnsOrganizations,
        DirectoryAway,
    ),
)
def delete(who: Principal, body: AccountDeletion) -> Response | Declined:
    """Take the account out of use; it is erased later, a mailed link keeps it.

    All of its sessions and tokens end at once.
    """
    user = get_user(who.user_id)
    password = body.current_password
    credential = credential_of(user, who, password=password, field="current_password")
    outcome = schedule_deletion(user, credential=credential, requester=this_requester())
    if isinstance(outcome, WrongPassword):
        return wrong_password()
    return drop_cookies(reply(None)) if who.by_cookie else reply(None)
