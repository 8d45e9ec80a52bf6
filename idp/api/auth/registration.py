"""POST /auth/register: create an account."""

from flask import Response

from idp.accounts.errors import (
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.sign_up import CheckInbox, sign_up
from idp.api.fields import Address, Cookies, Line, Password, VerificationSent
from idp.api.tokens import TokensAndNewUser, signed_in_answer, token_request
from idp.core.errors import RateLimited
from idp.core.randomness import new_token
from idp.web.json.models import Body
from idp.web.json.operations import Auth
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint("registration_api", __name__, tag="Sign-up and sign-in")
REFUSALS = (InvalidInput, RegistrationClosed, EmailTaken, UsernameTaken, RateLimited)


class Registration(Body):
    """A new account; without ``name`` it is made of its two parts, where given."""

    email: Address
    password: Password
    given_name: Line | None = None
    family_name: Line | None = None
    name: Line | None = None
    username: Line | None = None
    cookies: Cookies = False


@api.operation(
    "POST",
    "/auth/register",
    id="registration_api_register",
    auth=Auth.NONE,
    body=Registration,
    answers={201: TokensAndNewUser, 202: VerificationSent},
    refusals=REFUSALS,
)
def register(body: Registration) -> Response:
    """Create an account and sign in.

    Send `registration` with the confirmation of the address: confirmed without it, and
    in another session, the account loses its password and all that hangs on it.

    Where account privacy is `private`, the answer is 202 for every address and has no
    tokens; the owner of the address learns by mail.
    """
    wanted = NewAccount(
        email=body.email,
        password=body.password,
        username=body.username,
        name=body.name,
        given_name=body.given_name,
        family_name=body.family_name,
    )
    registration = new_token()
    outcome = sign_up(
        wanted,
        return_to="",
        request=token_request(in_cookies=body.cookies),
        registration=registration,
    )
    if isinstance(outcome, CheckInbox):
        return reply(VerificationSent(registration=registration), status=202)
    return signed_in_answer(
        outcome.user,
        outcome.signed_in,
        in_cookies=body.cookies,
        registration=registration,
    )
