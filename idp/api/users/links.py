"""/api/accounts/{user_id}/password-reset and /link: a way in for who lost theirs."""

from datetime import datetime

from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.models import User
from idp.accounts.password.held_mail import ResetMailHeld
from idp.accounts.sign_in.links import LinkNotAllowed, NotInUse
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.sign_in.ways.managed import UserPasswordManaged
from idp.administration import user_acts
from idp.web.callers import access
from idp.web.callers.access import NoSuchUser, NotPermitted
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("links_of_users_api", __name__, tag="Users: accounts")
ONE = "/api/accounts/<user_id>"
REFUSALS = (NoSuchUser, NotPermitted, ReauthenticationRequired, NotInUse)


class NewLink(Body):
    """Which link to make."""

    __qualname__ = "NewSignInLink"  # as the API document calls it

    new_password: bool = Field(
        False, description="One to the page that sets a new password"
    )


class LinkAnswer(Answer):
    """A link that works once; `url` is told this once, and is for its user alone."""

    __qualname__ = "SignInLink"  # as the API document calls it

    url: str
    expires_at: datetime


@api.operation(
    "POST",
    f"{ONE}/password-reset",
    id="links_of_users_api_send_reset",
    answers={204: None},
    refusals=(*REFUSALS, ResetMailHeld, UserPasswordManaged),
)
def send_reset(who: Caller, user_id: str) -> None:
    """Mail a user a link that sets a new password; an older one is void.

    For a day after support has reset their second factors, admins alone do.
    """
    user = _subject(who, user_id, needs=Permission.USERS_SEND_RESET)
    held, requester = access.held_by(who), this_requester()
    user_acts.send_reset(user, who=who, held=held, requester=requester)


@api.operation(
    "POST",
    f"{ONE}/link",
    id="links_of_users_api_create",
    body=NewLink,
    answers={201: LinkAnswer},
    refusals=(*REFUSALS, LinkNotAllowed, UserPasswordManaged),
    shown_once=("url",),
)
def create(who: Caller, *, user_id: str, body: NewLink) -> LinkAnswer:
    """Make a one-time link to hand to its user where only they read it.

    They are mailed that there is one. It proves no address and is no second factor.
    """
    user = _subject(who, user_id, needs=Permission.USERS_SIGN_IN_LINK)
    made = user_acts.hand_link(user, who=who, new_password=body.new_password)
    return LinkAnswer(url=made.url, expires_at=made.expires_at)


def _subject(who: Caller, user_id: str, *, needs: Permission) -> User:
    """Return a user for whom the caller's role allows this, freshly proven."""
    user = access.subject_of(who, user_id)
    access.require(who, needs, on=user)
    access.fresh_proof(who)
    return user
