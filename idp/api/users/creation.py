"""POST /api/users: a new account, by its person or by an admin for somebody else."""

from flask import Response, url_for
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.errors import (
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.models import User
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import (
    CheckInbox,
    Registrant,
    register,
    register_other,
)
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.administration.user_acts import CREATED, record_action
from idp.api.field_names import required
from idp.api.fields import (
    REGISTRATION,
    Address,
    Line,
    Password,
    VerificationSent,
    WebAddress,
)
from idp.api.user import UserAnswer, user_answer
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.core.randomness import new_token
from idp.core.settings.server import ServerSettings
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.json.models import Body, left_out
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("user_creation_api", __name__, tag="Users")


class NewUser(Body):
    """A new account; only an admin may leave the password to its owner."""

    email: Address
    password: Password | None = Field(None, description="Required but of admins")
    given_name: Line | None = None
    middle_name: Line | None = None
    family_name: Line | None = None
    name: Line | None = None
    username: Line | None = None
    profile: WebAddress | None = None


class NewUserAnswer(UserAnswer):
    """A new user."""

    __qualname__ = "CreatedUser"  # as the API document calls it

    registration: str | None = left_out(f"Unless an admin asked. {REGISTRATION}")


@api.operation(
    "POST",
    "/api/users",
    id="user_creation_api_create",
    auth=Auth.OPTIONAL,
    body=NewUser,
    answers={201: NewUserAnswer, 202: VerificationSent},
    refusals=(
        InvalidInput,
        RegistrationClosed,
        EmailTaken,
        UsernameTaken,
        RateLimited,
        ReauthenticationRequired,
    ),
    shown_once=("registration",),
)
def create(who: Caller | None, body: NewUser) -> Response:
    """Create an account, without signing in.

    Anyone may where registration is open; an admin may for others in any case. Where
    account privacy is `private`, anyone but an admin is answered 202 for every address.
    """
    wanted = NewAccount(**body.model_dump())
    if who is not None and access.may(who, Permission.USERS_CREATE):
        access.fresh_proof(who)
        made = register_other(wanted, by=who.by, requester=this_requester())
        record_action(who, "user.create", subject=made, before={}, after=CREATED)
        return _created(made)
    if body.password is None:
        raise required("password")
    registration = new_token()
    outcome = register(
        wanted,
        return_to="",
        requester=this_requester(),
        by=Registrant(registration),
    )
    if isinstance(outcome, CheckInbox):
        return reply(VerificationSent(registration=registration), status=202)
    return _created(outcome, registration=registration)


def _created(made: User, *, registration: str | None = None) -> Response:
    """Commit, and answer the new user."""
    path = url_for("users_api.show", user_id=made.id)
    location = {"Location": current(ServerSettings).issuer + path}
    shown = user_answer(made).model_dump()
    return reply(NewUserAnswer(**shown, registration=registration), headers=location)
