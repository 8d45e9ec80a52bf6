"""/auth/register: create an account, with a password or with a passkey."""

from dataclasses import replace
from typing import Annotated, Any

from flask import Response
from flask_babel import gettext
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from idp.accounts.errors import (
    EmailReserved,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.factors.passkeys.errors import ChallengeUsedUp, PasskeyNotAllowed
from idp.accounts.models import User
from idp.accounts.registration import first_passkey
from idp.accounts.registration.admission import NOTHING, Admission
from idp.accounts.registration.first_passkey import FirstPasskey
from idp.accounts.registration.first_session import CheckInbox, SignedUp
from idp.accounts.registration.new_account import NewAccount
from idp.accounts.registration.policy import rules_for
from idp.accounts.registration.sign_up import (
    sign_up,
)
from idp.accounts.registration.waitlist.letting_in import find_admission
from idp.accounts.terms.documents import accepted_versions
from idp.accounts.terms.errors import TermsRequired
from idp.api.asked_fields import AskedField, asked_field
from idp.api.auth.passkey import PasskeyOptions
from idp.api.declined import PASSKEY_REFUSED, passkey_refused
from idp.api.fields import (
    AcceptTerms,
    Address,
    ChallengeAnswer,
    Cookies,
    Line,
    Password,
    VerificationSent,
)
from idp.api.sign_up_key import check_unless_again, registration_token
from idp.api.tokens import TokensAndNewUser, signed_in_answer, token_request
from idp.api.told_fields import ToldFields
from idp.core.errors import FieldError, RateLimited
from idp.organizations.invites.answering import join_as_user
from idp.organizations.invites.opening import admission_of, find_open
from idp.security.challenge.guard import ChallengeRequired
from idp.web.browser.cookies import browser_digests
from idp.web.callers.requester import this_requester
from idp.web.json.models import Answer, Body
from idp.web.json.operations import Auth
from idp.web.json.repeats import InvalidKey
from idp.web.json.routes import Declined, JsonBlueprint, reply
from idp.web.unit_of_work import undo

api = JsonBlueprint("registration_api", __name__, tag="Sign-up")
REFUSALS = (
    InvalidInput,
    RegistrationClosed,
    TermsRequired,
    PasskeyNotAllowed,
    EmailReserved,
    EmailTaken,
    UsernameTaken,
    RateLimited,
    ChallengeRequired,
    InvalidKey,
)
Invite = Annotated[
    str | None,
    Field(
        max_length=256,
        description="The token of an invite, which lets its address in; one that was "
        "mailed proves the address, and is accepted",
    ),
]
Admit = Annotated[
    str | None,
    Field(
        max_length=256,
        description="Of a link from the waitlist, which lets its address in once and "
        "proves it",
    ),
]


class Registration(ToldFields):
    """A new account; without ``name`` it is made of its two parts, where given.

    What has to be told is at `/auth/register/fields`.

    It has a ``password``, or the passkey of a ``ticket`` and its ``credential``.
    """

    email: Address
    ticket: str | None = Field(default=None, max_length=256)
    credential: dict[str, Any] | None = None
    password: Password | None = Field(default=None, validate_default=True)
    invite: Invite = None
    admit: Admit = None
    accept_terms: AcceptTerms = False
    cookies: Cookies = False
    challenge: ChallengeAnswer = None

    @field_validator("password")
    @classmethod
    def _in_place_of_a_passkey(
        cls, password: str | None, info: ValidationInfo
    ) -> str | None:
        """Want one of the two; both would leave open which is meant."""
        made = info.data.get("credential"), info.data.get("ticket")
        if password is None and made == (None, None):
            raise PydanticKnownError("missing")
        if password is not None and made != (None, None):
            raise ValueError
        return password


class WhoSignsUp(Body):
    """The account that a passkey is made for; devices show both."""

    email: Address
    name: Line | None = None
    invite: Invite = None
    admit: Admit = None


class SignUpFields(Answer):
    """What a sign-up asks for, beside address and password, in its order."""

    fields: list[AskedField]


@api.operation(
    "GET",
    "/auth/register/fields",
    id="registration_api_fields",
    auth=Auth.NONE,
    answers={200: SignUpFields},
)
def fields() -> SignUpFields:
    """Show what to ask somebody who signs up.

    The policies of an organization may want more of who comes by its invite: the 400
    names that.
    """
    asked = rules_for(NOTHING).at_sign_up
    return SignUpFields(fields=[asked_field(n, required=r) for n, r in asked.items()])


@api.operation(
    "POST",
    "/auth/register/passkey/options",
    id="registration_api_passkey_options",
    auth=Auth.NONE,
    body=WhoSignsUp,
    answers={200: PasskeyOptions},
    refusals=(InvalidInput, RegistrationClosed, PasskeyNotAllowed, RateLimited),
)
def passkey_options(body: WhoSignsUp) -> PasskeyOptions:
    """Begin a sign-up, which `/auth/register` finishes within five minutes.

    It looks the same whether or not the address has an account.
    """
    ticket, options = first_passkey.begin(
        NewAccount(body.email, name=body.name),
        admission=_admission(body),
        browser=next(iter(browser_digests()), None),
        requester=this_requester(),
    )
    return PasskeyOptions(ticket=ticket, options=options)


@api.operation(
    "POST",
    "/auth/register",
    id="registration_api_register",
    auth=Auth.NONE,
    body=Registration,
    answers={201: TokensAndNewUser, 202: VerificationSent},
    declines=(PASSKEY_REFUSED,),
    refusals=REFUSALS,
    goes_on=True,
)
def register(body: Registration) -> Response | Declined:
    """Create an account and sign in.

    Send `registration` with the confirmation of the address: confirmed without it, and
    in another session, the account loses its password and all that hangs on it.

    The `ticket` for a passkey comes from `/auth/register/passkey/options`.
    Whatever is wrong with the passkey, the answer is the same.

    Where account privacy is `private`, the answer is 202 for every address and has no
    tokens; the owner of the address learns by mail.
    """
    request = token_request(in_cookies=body.cookies)
    registration = registration_token(body.email, body.password)
    again = check_unless_again(
        _wanted_by(body),
        request=request,
        registration=registration,
        challenge=body.challenge,
    )
    if again:
        return _answer(again, body, registration=registration)
    first = None
    if body.password is None:
        first = _first_passkey(body)
        if first is None:
            return passkey_refused()
    try:
        outcome = sign_up(
            _wanted_by(body),
            return_to="",
            request=request,
            registration=registration,
            admission=_admission(body),
            first=first,
        )
    except ChallengeUsedUp:
        undo()
        return passkey_refused()
    return _answer(outcome, body, registration=registration)


def _answer(
    outcome: SignedUp | CheckInbox, body: Registration, *, registration: str
) -> Response:
    """Answer a sign-up; a mailed invite is accepted with it."""
    if isinstance(outcome, CheckInbox):
        return reply(VerificationSent(registration=registration), status=202)
    if body.invite and outcome.user.email_verified_at:
        _accept(body.invite, outcome.user)
    return signed_in_answer(
        outcome.user,
        outcome.signed_in,
        in_cookies=body.cookies,
        registration=registration,
    )


def _admission(body: Registration | WhoSignsUp) -> Admission:
    """Return what lets a caller in; raises InvalidInput for a link that is over."""
    if body.admit:
        found = find_admission(body.admit)
        if found is None:
            raise InvalidInput([FieldError("admit", "invalid")])
        return found
    if body.invite is None:
        return NOTHING
    invite = find_open(body.invite)
    if invite is None:
        raise _invite_over()
    return replace(admission_of(invite), proves_address=invite.mailed)


def _accept(token: str, user: User) -> None:
    """Accept the invite that proved an address; whoever else was first undoes all."""
    invite = find_open(token)
    if invite is None or join_as_user(invite, user) is None:
        raise _invite_over()


def _invite_over() -> InvalidInput:
    """Return the refusal of an invite that opens nothing."""
    return InvalidInput([FieldError("invite", "invalid")])


def _wanted_by(body: Registration) -> NewAccount:
    """Return the account as the rule takes it."""
    wanted = NewAccount(
        body.email,
        body.password,
        attributes=body.attributes,
        accepted=accepted_versions(accepts=body.accept_terms),
    )
    return wanted.saying(body.told())


def _first_passkey(body: Registration) -> FirstPasskey | None:
    """Return the passkey of a sign-up without a password; None for what is none."""
    return first_passkey.judge(
        body.credential or {},
        admission=_admission(body),
        ticket=body.ticket or "",
        browsers=browser_digests(),
        name=gettext("Passkey"),
    )
