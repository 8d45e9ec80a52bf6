"""POST /api/users: a new account, by its person or by an admin for somebody else."""

from dataclasses import replace

from flask import Response, url_for
from pydantic import Field

from idp.accounts.access.permissions import Permission, Role
from idp.accounts.access.principal import Caller
from idp.accounts.access.roles import RoleBeyond
from idp.accounts.errors import (
    EmailReserved,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.models import User
from idp.accounts.registration.first_session import CheckInbox
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import (
    NOTHING_SAID,
    Registrant,
    Vouched,
    register,
    sign_up_act,
)
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.administration import user_acts
from idp.api.field_names import required
from idp.api.fields import (
    REGISTRATION,
    AcceptTerms,
    Address,
    ChallengeAnswer,
    Password,
    VerificationSent,
)
from idp.api.told_fields import ToldFields
from idp.api.user import UserAnswer, user_answer
from idp.core.context import current
from idp.core.errors import FieldError, RateLimited
from idp.core.randomness import new_token
from idp.core.settings.server import ServerSettings
from idp.security.challenge.guard import ChallengeRequired
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.callers.challenge import check_body
from idp.web.callers.requester import this_requester
from idp.web.json.models import left_out
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("user_creation_api", __name__, tag="Users")
MOST_ROLES = 20


class NewUser(ToldFields):
    """A new account; only an admin may leave the password to its owner."""

    email: Address
    password: Password | None = Field(None, description="Required but of admins")
    email_verified: bool = Field(
        False, description="The address is vouched for; with `users.address`"
    )
    roles: list[Role] = Field(
        default=[], max_length=MOST_ROLES, description="With `users.roles`"
    )
    require_password_change: bool = Field(
        False, description="The password is for the first sign-in; of admins alone"
    )
    accept_terms: AcceptTerms = False
    challenge: ChallengeAnswer = None

    def vouched(self) -> Vouched:
        """Return what operators alone say."""
        return Vouched(
            self.email_verified, tuple(self.roles), self.require_password_change
        )


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
        TermsRequired,
        EmailReserved,
        EmailTaken,
        UsernameTaken,
        RateLimited,
        ReauthenticationRequired,
        NotPermitted,
        RoleBeyond,
        ChallengeRequired,
    ),
    shown_once=("registration",),
)
def create(who: Caller | None, body: NewUser) -> Response:
    """Create an account, without signing in.

    Anyone may where registration is open; an admin may for others in any case, and
    gives attributes of admins alone too. What has to be told, and whether they accept
    the terms, is asked of the user later then. Where account privacy is `private`,
    anyone but an admin is answered 202 for every address.
    """
    said = body.vouched()
    wanted = NewAccount(body.email, body.password, attributes=body.attributes)
    wanted = wanted.saying(body.told())
    if who is not None and access.may(who, Permission.USERS_CREATE):
        return _created(_create_other(who, wanted, body=body))
    if said != NOTHING_SAID:
        raise NotPermitted(who.user_id if who else None, Permission.USERS_CREATE)
    if body.password is None:
        raise required("password")
    check_body(sign_up_act, body.email, answer=body.challenge)
    registration = new_token()
    accepted = accepted_versions(accepts=body.accept_terms)
    outcome = register(
        replace(wanted, accepted=accepted),
        return_to="",
        requester=this_requester(),
        by=Registrant(registration),
    )
    if isinstance(outcome, CheckInbox):
        return reply(VerificationSent(registration=registration), status=202)
    return _created(outcome, registration=registration)


def _create_other(who: Caller, wanted: NewAccount, *, body: NewUser) -> User:
    """Make an account for somebody else; each thing vouched for wants its own right.

    Nobody accepts the terms for another.
    """
    said = body.vouched()
    if body.accept_terms:
        raise InvalidInput([FieldError("accept_terms", "own_word")])
    if said.email_verified:
        access.require(who, Permission.USERS_ADDRESS)
    if said.roles:
        access.require(who, Permission.USERS_ROLES)
    access.fresh_proof(who)
    return user_acts.create_user(
        wanted,
        who=who,
        held=access.held_by(who),
        requester=this_requester(),
        said=said,
    )


def _created(made: User, *, registration: str | None = None) -> Response:
    """Commit, and answer the new user."""
    path = url_for("users_api.show", user_id=made.id)
    location = {"Location": current(ServerSettings).issuer + path}
    shown = user_answer(made).model_dump()
    return reply(NewUserAnswer(**shown, registration=registration), headers=location)
